set -u
export LC_ALL=C DEBIAN_FRONTEND=noninteractive PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
policy=/usr/sbin/policy-rc.d
restore() {
  if grep -qs '# Put here by appl while it installs packages; it goes when they are installed.' "$policy"; then rm -f "$policy"; fi
  if [ -e "$policy.before-appl" ]; then mv -f "$policy.before-appl" "$policy"; fi
}
missing=''
{ command -v lxc-start; } >/dev/null 2>&1 || missing="$missing lxc"
{ command -v qemu-system-x86_64; } >/dev/null 2>&1 || missing="$missing qemu-system-x86"
{ command -v nft; } >/dev/null 2>&1 || missing="$missing nftables"
{ command -v ip; } >/dev/null 2>&1 || missing="$missing iproute2"
{ command -v curl; } >/dev/null 2>&1 || missing="$missing curl"
{ command -v mmdebstrap; } >/dev/null 2>&1 || missing="$missing mmdebstrap"
{ command -v mksquashfs; } >/dev/null 2>&1 || missing="$missing squashfs-tools"
{ sh -c 'command -v mkfs.ext4 && command -v resize2fs'; } >/dev/null 2>&1 || missing="$missing e2fsprogs"
{ sh -c 'test -x /bin/busybox && ! ldd /bin/busybox'; } >/dev/null 2>&1 || missing="$missing busybox-static"
[ -n "$missing" ] || { echo nothing; exit 0; }
command -v apt-get >/dev/null || { echo "no-apt$missing"; exit 1; }
[ "$(id -u)" = 0 ] || { echo no-root; exit 1; }
restore
trap restore EXIT
trap 'exit 1' INT TERM
[ ! -e "$policy" ] || mv -f "$policy" "$policy.before-appl"
printf '%s\n' '#!/bin/sh' '# Put here by appl while it installs packages; it goes when they are installed.' 'exit 101' >"$policy" && chmod 755 "$policy"
install() { apt-get install -y --no-install-recommends -o DPkg::Lock::Timeout=120 $missing >&2; }
install || { apt-get update >&2 && install; } || { echo "failed$missing"; exit 1; }
if command -v systemctl >/dev/null; then
  for package in $missing; do
    for unit in $(dpkg -L "$package" | sed -n 's#^.*/lib/systemd/system/\([^/@]*\.service\)$#\1#p'); do
      systemctl disable "$unit" >/dev/null 2>&1
    done
  done
fi
echo "installed$missing"
