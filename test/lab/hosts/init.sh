#!/bin/sh
# The first process of a lab host, in namespaces of its own: makes the machine's own file system and services, and stays.
# init.sh NAME FOLDER IMAGES: FOLDER is the host's disk; IMAGES, unless empty, the store of images that it shares with others.
set -eu
name=$1 folder=$2 images=$3
root=$folder/root
hostname "$name"

mkdir -p "$folder/upper" "$folder/work" "$folder/appl" "$root"
mount -t overlay "$name" -o "lowerdir=/,upperdir=$folder/upper,workdir=$folder/work" "$root"
mount -t proc proc "$root/proc"
mount -t sysfs sysfs "$root/sys"
mount --rbind /dev "$root/dev"
mount -t devpts -o newinstance,ptmxmode=0666,mode=620,gid=5 devpts "$root/dev/pts"
mount -t tmpfs tmpfs "$root/dev/shm"
mount -t tmpfs -o mode=755 tmpfs "$root/run"
mount -t tmpfs tmpfs "$root/tmp"

# Only this folder lies on a real disk: an overlay cannot be the upper layer of another, and the package database is the overlay's.
mkdir -p "$root/var/lib/appl"
if [ -f "$folder/disk" ]; then mount -o loop "$folder/disk" "$root/var/lib/appl"; else mount --bind "$folder/appl" "$root/var/lib/appl"; fi
if [ -n "$images" ]; then
  mkdir -p "$root/var/lib/appl/images"
  mount --bind "$images" "$root/var/lib/appl/images"
fi

# The control groups as this host's own namespace shows them.
if [ "$(stat -fc %T /sys/fs/cgroup)" = cgroup2fs ]; then
  mount -t cgroup2 cgroup2 "$root/sys/fs/cgroup"
else
  mount -t tmpfs -o mode=755 cgroup "$root/sys/fs/cgroup"
  awk '$3 == "cgroup" && $2 ~ "^/sys/fs/cgroup/" { print $2, $4 }' /proc/self/mounts | while read -r at options; do
    mkdir -p "$root$at"
    case $options in
      *name=*) mount -t cgroup -o "none,name=${options##*name=}" cgroup "$root$at" ;;
      *) mount -t cgroup -o "${at##*/}" cgroup "$root$at" ;;
    esac
  done
  if [ -d /sys/fs/cgroup/unified ]; then
    mkdir -p "$root/sys/fs/cgroup/unified"
    mount -t cgroup2 cgroup2 "$root/sys/fs/cgroup/unified"
  fi
fi

mkdir -p "$root/.before"
cd "$root"
pivot_root . .before
umount -l /.before
rmdir /.before 2>/dev/null || :
cd /

echo "$name" >/etc/hostname
mkdir -p /run/sshd /run/lock /root/.ssh /etc/lab
chmod 700 /root/.ssh
# What a machine runs when it comes up; a service of appl among them is what a reboot is about.
for service in /etc/rc2.d/S*appl*; do [ ! -x "$service" ] || "$service" start >/var/log/lab-boot.log 2>&1 || :; done
/usr/sbin/sshd -f /etc/lab/sshd_config
# Perl's wait also buries what others left behind, which every first process has to.
exec perl -e '$SIG{TERM} = sub { exit 0 }; while (1) { sleep 1 if wait() < 0 }'
