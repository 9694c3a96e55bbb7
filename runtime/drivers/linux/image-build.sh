# --- Images: building layers from pinned packages ------------------------------------------------------------------------------
# A layer is a folder named by the digest of what went in; it appears by one rename, and what exists is never built again. Two
# requests for one layer build it once: the second waits.

# appl_image_build: makes what is missing of what the request $APPL_IN/image asks for. Its lines:
#   image <key> container|microvm    what to publish; a microVM also needs a squashfs of each layer, and a kernel
#   layer base|packages|kernel <digest> [<digest of the layer below>]
#   pin base|packages|kernel <name> <version> <sha256> <bytes> <url>
appl_image_build() {
  while :; do
    mkdir -p "$appl_images/debs" "$appl_images/layers" "$appl_images/kernels" "$appl_images/built" "$appl_images/work"
    exec 8>>"$appl_images/lock"
    # When no other build runs, what killed ones left is removed. Collecting garbage waits for builds, and they for it.
    if flock --nonblock 8; then rm -rf --one-file-system "$appl_images/work"/*; fi
    flock --shared 8
    # Collecting may have taken the folder away meanwhile, with the file that we hold.
    [ "$(stat -Lc %i /proc/self/fd/8 8>&8)" != "$(stat -c %i "$appl_images/lock" 2>/dev/null)" ] || break
  done
  chmod 755 "$appl_images" "$appl_images/layers"
  appl_work=$(mktemp -d "$appl_images/work/build.XXXXXX")
  cp "$APPL_IN/image" "$appl_work/request"
  appl_code=0
  ( set +e; appl_image_make ) || appl_code=$?
  rm -rf --one-file-system "$appl_work"
  exec 8>&-
  [ "$appl_code" -eq 0 ] || exit "$appl_code"
}

# Runs without `set -e`, which a condition would switch off unseen: every step says itself what follows from its failure.
appl_image_make() {
  umask 022
  if grep -q '^image [^ ]* microvm' "$appl_work/request"; then appl_packs=yes; else appl_packs=no; fi
  appl_image_fetch
  appl_kernel_job=''
  if [ $appl_packs = yes ]; then
    # Its failure waits until the layers are done: one request has one answer.
    # What a guest runs under is found out meanwhile, for that takes seconds where a guest hangs.
    { appl_image_layer kernel && appl_acceleration_probe "$(appl_image_place kernel "$(appl_image_digest kernel)")" >/dev/null; } \
      >"$appl_work/kernel.said" 2>&1 3>"$appl_work/kernel.answer" &
    appl_kernel_job=$!
  fi
  appl_made=0
  appl_image_layer base && appl_image_layer packages || appl_made=1
  if [ -n "$appl_kernel_job" ]; then
    wait "$appl_kernel_job" || appl_made=$((appl_made + 2))
    cat "$appl_work/kernel.said"
    [ $appl_made -ne 2 ] || cat "$appl_work/kernel.answer" >&3
  fi
  [ $appl_made -eq 0 ] || exit 1
  while read -r appl_word appl_key appl_form; do
    [ "$appl_word" != image ] || appl_image_publish "$appl_key" "$appl_form" || exit 1
  done <"$appl_work/request"
}

# appl_image_digest KIND: the digest of a layer of this request; a kernel's also covers what we put beside it.
appl_image_digest() {
  appl_found=$(awk -v kind="$1" '$1 == "layer" && $2 == kind {print $3}' "$appl_work/request")
  if [ "$1" = kernel ] && [ -n "$appl_found" ]; then
    appl_found=$appl_found-$({ appl_guest_init; appl_guest_agent; echo "$appl_kernel_modules $appl_initramfs_version"; } | sha256sum | cut -c 1-16)
  fi
  printf '%s' "$appl_found"
}
appl_image_pins() { awk -v kind="$1" '$1 == "pin" && $2 == kind {print $5}' "$appl_work/request"; }
appl_image_place() {
  if [ "$1" = kernel ]; then echo "$appl_images/kernels/$2"; else echo "$appl_images/layers/$2"; fi
}

# Fetches the packages of the missing layers, all at once, each checked against its pin before it is in the cache.
appl_image_fetch() {
  : >"$appl_work/wanted"
  for appl_kind in base packages kernel; do
    appl_digest=$(appl_image_digest $appl_kind)
    [ -z "$appl_digest" ] || [ -d "$(appl_image_place $appl_kind "$appl_digest")" ] ||
      awk -v kind=$appl_kind '$1 == "pin" && $2 == kind {print $3, $4, $5, $7}' "$appl_work/request" |
      while read -r appl_name appl_version appl_sha appl_url; do
        [ -e "$appl_images/debs/$appl_sha.deb" ] || echo "$appl_name $appl_version $appl_sha $appl_url"
      done >>"$appl_work/wanted"
  done
  [ -s "$appl_work/wanted" ] || return 0
  echo "fetching $(wc -l <"$appl_work/wanted") packages"
  mkdir "$appl_work/debs"
  appl_image_apt_configuration "$appl_work" >"$appl_work/apt.conf"
  while read -r appl_name appl_version appl_sha appl_url; do
    printf '%s\n%s\n%s\n' "$appl_url" "$appl_work/debs/$appl_sha.deb" "SHA256:$appl_sha"
  done <"$appl_work/wanted" |
    APT_CONFIG=$appl_work/apt.conf xargs -d '\n' /usr/lib/apt/apt-helper download-file >"$appl_work/fetch.log" 2>&1 ||
    appl_image_unfetched
  mv "$appl_work"/debs/*.deb "$appl_images/debs/" || exit 1
}

# A repository drops old versions: that is told apart from a network or disk that fails.
appl_image_unfetched() {
  appl_gone=$(sed -n 's#^E: Failed to fetch \([^ ]*\)  *404.*#\1#p' "$appl_work/fetch.log" | head -n 1)
  if [ -n "$appl_gone" ]; then
    appl_name=$(awk -v url="$appl_gone" '$4 == url {print $1 " " $2}' "$appl_work/wanted")
    appl_fail pin-gone "the repository no longer has ${appl_name:-$appl_gone}" "take newer packages: appl upgrade"
  fi
  appl_image_failed "$appl_work/fetch.log" "the packages could not be fetched" "$appl_image_mirror_remedy"
}

# appl_image_layer KIND: makes it unless it is there, one build at a time for each digest.
appl_image_layer() {
  appl_kind=$1
  appl_digest=$(appl_image_digest "$appl_kind")
  [ -n "$appl_digest" ] || return 0
  appl_place=$(appl_image_place "$appl_kind" "$appl_digest")
  (
    flock 7 || exit
    if [ ! -d "$appl_place" ]; then
      appl_new=$appl_work/$appl_kind
      mkdir "$appl_new" && chmod 755 "$appl_new" && "appl_image_make_$appl_kind" || exit
      # The data is on disk before the name says so: a layer that exists is whole, also after a crash of the machine.
      sync -f "$appl_new" && mv "$appl_new" "$appl_place" || exit
    fi
    if [ "$appl_kind" != kernel ] && [ $appl_packs = yes ]; then appl_image_pack "$appl_place"; fi
  ) 7>"$appl_images/work/$appl_digest.lock"
}

# Times in a layer are those of its packages; what was made while installing gets the time of the youngest package, which
# stands in the header of its file and is the same for ever.
appl_image_epoch() {
  for appl_sha in $(appl_image_pins "$1"); do
    head -c 36 "$appl_images/debs/$appl_sha.deb" | tail -c 12
    echo
  done | sort -n | tail -n 1 | tr -d ' '
}

# A tree that is ready becomes the layer: sorted, times bounded, without logs, caches, backups and lists that differ from run
# to run. $1: the tree. The digest of the archive is the digest of the content.
appl_image_normalise() {
  mkdir "$appl_new/tree" &&
    tar --create --file "$appl_work/$appl_kind.tar" --directory "$1" --sort=name --format=posix \
      --pax-option='exthdr.name=%d/PaxHeaders/%f,delete=atime,delete=ctime' --numeric-owner \
      --mtime="@$appl_epoch" --clamp-mtime \
      --xattrs --xattrs-include='security.*' --xattrs-include='trusted.overlay.opaque' \
      --anchored --wildcards --no-wildcards-match-slash \
      --exclude='./dev/*' --exclude='./proc/*' --exclude='./sys/*' --exclude='./run/*' --exclude='./tmp/*' \
      --exclude='./var/tmp/*' --exclude='./var/cache/apt' --exclude='./var/lib/apt' --exclude='./var/cache/ldconfig/*' \
      --exclude='./var/log/apt' --exclude='./var/log/*.log' --exclude='./var/lib/dpkg/*-old' \
      --exclude='./var/lib/dpkg/lock*' --exclude='./var/lib/dpkg/triggers/Lock' --exclude='./var/cache/debconf/*-old' \
      --exclude='./etc/passwd-' --exclude='./etc/group-' --exclude='./etc/shadow-' --exclude='./etc/gshadow-' \
      --exclude='./etc/.pwd.lock' --exclude='./etc/hostname' --exclude='./etc/resolv.conf' \
      --exclude='./etc/apt/sources.list' --exclude='./usr/sbin/policy-rc.d' --exclude='./debs' \
      . >"$appl_work/$appl_kind.log" 2>&1 &&
    sha256sum <"$appl_work/$appl_kind.tar" | cut -d' ' -f1 >"$appl_new/content" &&
    tar --extract --file "$appl_work/$appl_kind.tar" --directory "$appl_new/tree" --numeric-owner --same-owner \
      --preserve-permissions --xattrs --xattrs-include='*' >>"$appl_work/$appl_kind.log" 2>&1 &&
    rm "$appl_work/$appl_kind.tar" &&
    echo "$appl_epoch" >"$appl_new/epoch" && du -sk "$appl_new/tree" | awk '{ print $1 * 1024 }' >"$appl_new/bytes" &&
    awk -v kind="$appl_kind" '$1 == "pin" && $2 == kind {print $3, $4, $5}' "$appl_work/request" >"$appl_new/packages" ||
    appl_image_failed "$appl_work/$appl_kind.log" "the $appl_kind layer could not be written"
}

# mmdebstrap installs the base from a repository of exactly the pinned packages. What an appliance never reads
# (documentation, manual pages, translations) is left out here and, by the same rules inside, in the layers above.
appl_image_make_base() {
  echo "base: unpacking $(appl_image_pins base | wc -l) packages"
  appl_epoch=$(appl_image_epoch base)
  mkdir "$appl_work/repository" "$appl_work/temporary" && appl_image_repository >"$appl_work/repository/Packages" &&
    appl_image_mmdebstrap >"$appl_work/base.log" 2>&1 ||
    appl_image_failed "$appl_work/base.log" "mmdebstrap could not make the base layer"
  rm -rf "$appl_work/repository"
  # An empty file keeps a first process from inventing an identity in the image, and marks where one goes.
  : >"$appl_work/root/etc/machine-id" && appl_image_normalise "$appl_work/root" && rm -rf "$appl_work/root"
}

appl_image_repository() {
  awk '$1 == "pin" && $2 == "base" {print $5, $6}' "$appl_work/request" |
    while read -r appl_sha appl_bytes; do
      ln -s "$appl_images/debs/$appl_sha.deb" "$appl_work/repository/$appl_sha.deb" &&
        dpkg-deb --field "$appl_images/debs/$appl_sha.deb" || exit
      printf 'Filename: ./%s.deb\nSize: %s\nSHA256: %s\n\n' "$appl_sha" "$appl_bytes" "$appl_sha"
    done
}

# Its own way to leave files out starts a Python for each package, twice the time of all the rest. It hands numbers of descriptors
# to a shell that knows only those below ten, so it gets none of ours.
appl_image_mmdebstrap() {
  set -- --quiet --mode=root --variant=essential --format=directory
  [ ! -d /usr/share/mmdebstrap/hooks/merged-usr ] || set -- "$@" --hook-dir=/usr/share/mmdebstrap/hooks/merged-usr
  appl_image_dpkg_configuration >"$appl_work/dpkg.cfg"
  TMPDIR=$appl_work/temporary SOURCE_DATE_EPOCH=$appl_epoch \
    unshare --mount --pid --fork --kill-child --net mmdebstrap "$@" \
    --setup-hook="install -D -m 644 $appl_work/dpkg.cfg \"\$1\"/etc/dpkg/dpkg.cfg.d/appl" \
    '' "$appl_work/root" "deb [trusted=yes] copy://$appl_work/repository ./" 3>&- 7>&- 8>&- 9>&- &&
    find "$appl_work/root/usr/share/doc" ! -type d ! -name copyright -delete &&
    find "$appl_work/root/usr/share/man" "$appl_work/root/usr/share/info" "$appl_work/root/usr/share/locale" \
      "$appl_work/root/usr/share/lintian" -mindepth 1 -delete
}

appl_image_dpkg_configuration() {
  echo force-unsafe-io
  for appl_excluded in doc man info locale lintian bug; do
    echo "path-exclude=/usr/share/$appl_excluded/*"
  done
  echo 'path-include=/usr/share/doc/*/copyright'
}

# The package layer is what apt changes on the base. apt runs outside, with the pinned packages and nothing else to choose from,
# and each maintainer script inside, without network, in namespaces that end with it: nothing it starts stays.
appl_image_make_packages() {
  echo "packages: installing $(appl_image_pins packages | wc -l)"
  appl_epoch=$(appl_image_epoch packages)
  appl_below=$(awk '$1 == "layer" && $2 == "packages" {print $4}' "$appl_work/request")
  mkdir "$appl_work/upper" "$appl_work/overlay" "$appl_work/root" "$appl_work/debs.packages" &&
    for appl_sha in $(appl_image_pins packages); do
      ln "$appl_images/debs/$appl_sha.deb" "$appl_work/debs.packages/$appl_sha.deb" || return
    done
  unshare --mount --pid --fork --kill-child --net --ipc --uts sh -c "$appl_image_installer" installer \
    "$appl_work" "$appl_images/layers/$appl_below/tree" "$appl_epoch" >"$appl_work/packages.log" 2>&1 </dev/null \
    3>&- 7>&- 8>&- 9>&- ||
    appl_image_failed "$appl_work/packages.log" "the packages could not be installed"
  appl_image_normalise "$appl_work/upper" && rm -rf "$appl_work/upper" "$appl_work/overlay"
}

# $1: work folder, $2: the tree below, $3: SOURCE_DATE_EPOCH. A volatile overlay does not wait for the disk; the layer is
# written anew from it.
appl_image_installer='
  set -eu
  root=$1/root
  # Installers that ask for an interface (that of postfix) find the loopback, and nothing beyond it.
  ip link set dev lo up
  mount -t overlay overlay -o "volatile,lowerdir=$2,upperdir=$1/upper,workdir=$1/overlay" "$root" ||
    mount -t overlay overlay -o "lowerdir=$2,upperdir=$1/upper,workdir=$1/overlay" "$root"
  mount -t proc proc "$root/proc"
  mount -t tmpfs -o mode=755 dev "$root/dev"
  mkdir "$root/dev/pts" "$root/dev/shm"
  mount -t devpts -o newinstance,ptmxmode=666 devpts "$root/dev/pts"
  for node in "null 3" "zero 5" "full 7" "random 8" "urandom 9"; do
    mknod -m 666 "$root/dev/${node% *}" c 1 "${node#* }"
  done
  mknod -m 666 "$root/dev/tty" c 5 0
  for link in fd stdin:fd/0 stdout:fd/1 stderr:fd/2; do ln -s "/proc/self/${link#*:}" "$root/dev/${link%:*}"; done
  ln -s pts/ptmx "$root/dev/ptmx"
  mkdir -p "$root/debs" "$1/apt/lists/partial" "$1/apt/cache/archives/partial"
  mount --bind "$1/debs.packages" "$root/debs"
  printf "#!/bin/sh\nexit 101\n" >"$root/usr/sbin/policy-rc.d"
  chmod 755 "$root/usr/sbin/policy-rc.d"
  hostname localhost
  cat >"$1/apt/apt.conf" <<END
Dir "$1/apt";
Dir::State "$1/apt";
Dir::State::lists "$1/apt/lists";
Dir::State::status "$root/var/lib/dpkg/status";
Dir::Cache "$1/apt/cache";
Dir::Etc "$1/apt";
Dir::Etc::parts "/dev/null";
Dir::Etc::sourceparts "/dev/null";
Dir::Log "$1/apt";
DPkg::Chroot-Directory "$root";
DPkg::Use-Pty "false";
APT::Install-Recommends "false";
APT::Get::Assume-Yes "true";
APT::Sandbox::User "root";
END
  export APT_CONFIG="$1/apt/apt.conf" SOURCE_DATE_EPOCH="$3" DEBIAN_FRONTEND=noninteractive DEBCONF_NONINTERACTIVE_SEEN=true
  export LC_ALL=C.UTF-8 TZ=UTC HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin
  unset LANGUAGE LANG TMPDIR
  apt-get -qq --no-remove install "$root"/debs/*.deb
  umount "$root/debs" "$root/dev/pts" "$root/dev" "$root/proc"
  rmdir "$root/debs"
  [ ! -s "$root/etc/machine-id" ] || : >"$root/etc/machine-id"
  umount "$root"
'

# appl_image_publish KEY FORM: the image as a whole: which layers, lowest first, and which packages. Made beside and renamed; one that is
# there and says the same stays, since somebody else may be about to start from it.
appl_image_publish() {
  appl_new=$appl_work/$1
  mkdir "$appl_new" && : >"$appl_new/packages" || return
  for appl_kind in base packages; do
    appl_digest=$(appl_image_digest $appl_kind)
    [ -n "$appl_digest" ] || continue
    echo "$appl_images/layers/$appl_digest/tree" >>"$appl_new/layers"
    [ "$2" != microvm ] || echo "$appl_images/layers/$appl_digest/squashfs" >>"$appl_new/squashfs"
    cat "$appl_images/layers/$appl_digest/packages" >>"$appl_new/packages" || return
  done
  [ "$2" != microvm ] || appl_image_place kernel "$(appl_image_digest kernel)" >"$appl_new/kernel"
  : >"$appl_new/used"
  (
    flock 7 || exit
    if diff -rq --exclude=used "$appl_new" "$appl_images/built/$1" >/dev/null 2>&1; then touch "$appl_images/built/$1/used"; exit 0; fi
    if [ -d "$appl_images/built/$1" ]; then mv "$appl_images/built/$1" "$appl_work/$1.old" || exit; fi
    sync -f "$appl_new" && mv "$appl_new" "$appl_images/built/$1"
  ) 7>"$appl_images/work/$1.lock"
}
