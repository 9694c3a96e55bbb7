# --- Images: what a microVM boots from -----------------------------------------------------------------------------------------
# Each layer packed once beside its tree, and for each kernel package a kernel and an initramfs.

# Packs the layer in folder $1 as squashfs. lz4 boots fastest under emulation; the bytes follow from the tree alone.
appl_image_pack() {
  [ ! -e "$1/squashfs" ] || return 0
  echo "$appl_kind: packing"
  mksquashfs "$1/tree" "$1/squashfs.new" -comp lz4 -noappend -no-progress -quiet -mkfs-time "$(cat "$1/epoch")" \
    >"$appl_work/pack.log" 2>&1 && sync "$1/squashfs.new" && mv "$1/squashfs.new" "$1/squashfs" ||
    { rm -f "$1/squashfs.new"; appl_image_failed "$appl_work/pack.log" "the layer could not be packed"; }
}

# What a guest may need: its disk, nic and port, and all that its firewall may load on demand. Those that these depend on follow.
appl_kernel_modules='virtio_pci virtio_blk virtio_net virtio_console virtio_rng virtio_balloon overlay squashfs ext4 crc32c_generic
  nf_tables nft_ct nft_nat nft_chain_nat nft_masq nft_redir nft_reject_inet nft_reject_ipv4 nft_reject_ipv6 nft_log nft_limit
  nft_fib_inet nft_fib_ipv4 nft_fib_ipv6 nft_quota nft_connlimit nft_numgen nft_hash nft_objref nft_compat nf_log_syslog
  nf_conntrack_netlink nf_nat_ftp nf_conntrack_ftp bridge br_netfilter 8021q tun veth vxlan sch_fq_codel sch_tbf sch_htb'

# Counts the changes below after which the same packages give another initramfs.
appl_initramfs_version=1

# A kernel and its initramfs: the static busybox, the modules, the guest's first program and its agent. Nothing of it is
# installed on the host; the busybox of the package makes the module index and the archive.
appl_image_make_kernel() {
  echo "kernel: unpacking"
  mkdir "$appl_work/unpacked" "$appl_work/initramfs" &&
    for appl_sha in $(appl_image_pins kernel); do
      dpkg-deb --fsys-tarfile "$appl_images/debs/$appl_sha.deb" |
        tar --extract --directory "$appl_work/unpacked" --no-same-owner \
          --exclude './usr/share/*' --exclude './boot/System.map*' || return
    done >"$appl_work/kernel-unpack.log" 2>&1 ||
    appl_image_failed "$appl_work/kernel-unpack.log" "the kernel could not be unpacked"
  # Debian 13 and later have them under usr.
  [ -d "$appl_work/unpacked/lib/modules" ] || ln -s usr/lib "$appl_work/unpacked/lib"
  appl_busybox=$(find "$appl_work/unpacked" -type f -name busybox | head -n 1)
  appl_release=$(ls "$appl_work/unpacked/lib/modules")
  appl_modules=$appl_work/unpacked/lib/modules/$appl_release
  # Compressed modules would need a decompressor that modprobe may lack.
  find "$appl_modules" -name '*.ko.xz' -exec "$appl_busybox" unxz {} +
  {
    "$appl_busybox" depmod -b "$appl_work/unpacked" "$appl_release" && appl_image_initramfs &&
      cp "$appl_work/unpacked/boot/vmlinuz-$appl_release" "$appl_new/kernel" && echo "$appl_release" >"$appl_new/release"
  } >"$appl_work/kernel-make.log" 2>&1 ||
    appl_image_failed "$appl_work/kernel-make.log" "the initramfs could not be made"
  rm -rf "$appl_work/unpacked" "$appl_work/initramfs"
}

appl_image_initramfs() {
  appl_root=$appl_work/initramfs
  mkdir -p "$appl_root/bin" "$appl_root/sbin" "$appl_root/dev" "$appl_root/proc" "$appl_root/sys" "$appl_root/run" \
    "$appl_root/lib/modules/$appl_release" &&
    cp "$appl_busybox" "$appl_root/bin/busybox" || return
  "$appl_busybox" --list | while read -r appl_applet; do
    [ "$appl_applet" = busybox ] || ln -s busybox "$appl_root/bin/$appl_applet"
  done
  ln -s ../bin/busybox "$appl_root/sbin/modprobe"
  for appl_module in $appl_kernel_modules; do echo "$appl_module"; done | appl_image_module_files |
    while read -r appl_file; do
      mkdir -p "$appl_root/lib/modules/$appl_release/${appl_file%/*}" &&
        cp "$appl_modules/$appl_file" "$appl_root/lib/modules/$appl_release/$appl_file" || exit
    done || return
  # What this kernel has built in is no module to miss.
  cp "$appl_modules/modules.builtin" "$appl_root/lib/modules/$appl_release/" || return
  # Nobody asks for a module by a symbol, and reading that index takes a tenth of a second of every start.
  "$appl_busybox" depmod -b "$appl_root" "$appl_release" && rm -f "$appl_root/lib/modules/$appl_release/modules.symbols" || return
  appl_guest_init >"$appl_root/init" && appl_guest_agent >"$appl_root/agent" &&
    chmod 755 "$appl_root/init" "$appl_root/agent" || return
  find "$appl_root" -exec touch --no-dereference --date=@0 {} + &&
    (cd "$appl_root" && find . -mindepth 1 | LC_ALL=C sort | "$appl_busybox" cpio -o -H newc -R 0:0) >"$appl_new/initramfs"
}

# Reads names of modules, prints their files and those they depend on, each once. A name that this kernel has built in, or
# does not know, gives none.
appl_image_module_files() {
  awk 'NR == FNR {
      split($0, part, ": *"); name = part[1]; sub(".*/", "", name); sub("\\.ko.*", "", name); gsub("-", "_", name)
      file[name] = part[1]; needs[name] = part[2]; next
    }
    {
      if (!($1 in file)) next
      count = split(file[$1] " " needs[$1], all, " ")
      for (i = 1; i <= count; i++) if (!(all[i] in seen)) { seen[all[i]] = 1; print all[i] }
    }' "$appl_modules/modules.dep" -
}
