#!/bin/busybox sh
# The first process of a microVM. It mounts the layers below a memory overlay, unpacks the configuration disk over it, brings
# the network up, starts the agent and then what the appliance runs; when that ends for good, it switches the machine off.
# It stays outside of the appliance's root, so the root needs nothing of ours, and the kernel finds modprobe and its modules here.
export PATH=/bin:/sbin

say() { echo "appl: $*" >/dev/kmsg; }

# The configuration is the first drive; then come volumes, which have a serial number, and the layers, lowest first.
mount_root() {
  layers=
  mkdir -p /layers /memory /root
  for letter in b c d e f g h i j k l m n o p q r s t u v w x y z; do
    [ -e "/sys/block/vd$letter" ] || break
    [ -z "$(cat "/sys/block/vd$letter/serial")" ] || continue
    mkdir "/layers/$letter"
    mount -t squashfs -o ro "/dev/vd$letter" "/layers/$letter" || say "cannot mount layer $letter"
    layers=/layers/$letter${layers:+:$layers}
  done
  mount -t tmpfs -o mode=755 memory /memory
  mkdir /memory/upper /memory/work
  mount -t overlay -o "lowerdir=$layers,upperdir=/memory/upper,workdir=/memory/work" root /root
  tar -x -f /dev/vda -C /root || say "cannot read the configuration disk"
  : >/root/appl/busybox
  mount --bind /bin/busybox /root/appl/busybox
}

mount_kernel() {
  mount --bind /dev /root/dev
  mount -t devpts -o mode=620,gid=5,ptmxmode=666 devpts /root/dev/pts 2>/dev/null
  mount -t proc proc /root/proc
  mount -t sysfs sys /root/sys
  mount -t tmpfs -o mode=755 run /root/run
  mount -t tmpfs -o mode=1777 tmp /root/tmp
  mkdir -p /root/run/lock /root/dev/shm
  chmod 1777 /root/run/lock /root/dev/shm
}

# set_volume SERIAL PATH: without it the program would write to memory, which is lost, so nothing is started.
set_volume() {
  for folder in /sys/block/vd*; do
    [ "$(cat "$folder/serial")" = "$1" ] || continue
    path=$(printf '%b' "$2")
    chroot /root /appl/busybox mkdir -p "$path"
    # Inside of the root, where no link leads out of it.
    chroot /root /appl/busybox mount -t ext4 -o nodev,errors=remount-ro "/dev/${folder##*/}" "$path" || break
    chroot /root /appl/busybox rmdir "$path/lost+found" 2>/dev/null
    return
  done
  say "the volume at $2 cannot be mounted"
  poweroff -f
}

# A nic is known by its hardware address; the kernel's own order of names is nobody's promise.
find_device() {
  for folder in /sys/class/net/*; do
    read -r found <"$folder/address"
    [ "$found" = "$1" ] && device=${folder##*/} && return
  done
  return 1
}

set_nic() {
  find_device "$2" || { say "no nic with address $2"; return; }
  if [ "$device" != "$1" ]; then
    [ ! -e "/sys/class/net/$1" ] || ip link set "$1" name "was-$1"
    ip link set "$device" name "$1"
  fi
  ip address add "$3" broadcast + dev "$1"
  [ "$5" = - ] || ip link set "$1" mtu "$5"
  ip link set "$1" up
  [ "$4" = - ] || ip route add default via "$4" dev "$1"
}

# /appl/machine is written by the host: one line per setting, single words.
configure_machine() {
  restart=no
  ip link set lo up
  while read -r word one two three four five; do
    case $word in
      name) hostname "$one" ;;
      nic) set_nic "$one" "$two" "$three" "$four" "$five" ;;
      forward)
        echo 1 >/proc/sys/net/ipv4/ip_forward
        modprobe -a nf_tables nft_ct nft_chain_nat nft_nat nft_masq nft_redir nft_reject_inet nft_log nft_limit
        ;;
      volume) set_volume "$one" "$three" ;;
      restart) restart=$one ;;
    esac
  done </root/appl/machine
}

# The host asks once, with this word on the command line, whether a guest comes this far under its hardware virtualization.
probed() {
  grep -q ' appl.probe' /proc/cmdline || return
  echo "appl-probe-passed"
  poweroff -f
}

mount -t devtmpfs dev /dev
mount -t proc proc /proc
mount -t sysfs sys /sys
exec >/dev/console 2>&1 </dev/null
probed
mkdir -p /dev/pts /run
modprobe -a virtio_pci virtio_blk crc32c_generic ext4 squashfs overlay virtio_net virtio_console
mount_root
mount_kernel
configure_machine
setsid /agent &
while :; do
  rm -f /run/again
  setsid chroot /root /bin/sh /appl/start &
  program=$!
  echo "$program" >/run/program
  wait "$program"
  code=$?
  [ ! -e /run/off ] || break
  [ ! -e /run/again ] || continue
  echo "appl: the program ended with code $code"
  [ "$restart" = always ] || break
  sleep 1
done
poweroff -f
