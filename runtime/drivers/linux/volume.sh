# --- Volumes -------------------------------------------------------------------------------------------------------------------
# The volume NAME of an appliance is $APPL_DIR/volumes/APPLIANCE/NAME.img, an ext4 file system in a sparse file as large as the volume, so that it
# is held to its size. While a container has it, it is mounted on the folder NAME beside it; a microVM gets the file as a disk. VOLUME stands for
# APPLIANCE/NAME. `.address` says whose they are. No name of a volume begins with a dot or holds one.

# appl_volume_at VOLUME
appl_volume_at() { appl_volume_folder=$APPL_DIR/volumes/$1 appl_volume_image=$APPL_DIR/volumes/$1.img; }

# appl_volume VOLUME ADDRESS_JSON PATH IMAGE USER BYTES: a volume is there before what stands on it, stays when that goes, and grows while it is
# in use. A new one belongs to the user that the program runs as, and with no user named to whom its place in the image belongs: a database
# finds its folder as its package made it.
appl_volume() {
  appl_volume_at "$1"
  mkdir -p "${appl_volume_folder%/*}"
  chmod 755 "$APPL_DIR/volumes" "${appl_volume_folder%/*}"
  printf '%s\n' "$2" | appl_replace "${appl_volume_folder%/*}/.address"
  if [ -f "$appl_volume_image" ]; then
    appl_volume_reserve "$1" "$6"
    appl_volume_device "$appl_volume_image"
    [ -z "$appl_device" ] || appl_volume_fill
    return
  fi
  # A plain folder is what an earlier version made: it is exchanged before its next start (`appl_volume_open`).
  [ ! -d "$appl_volume_folder" ] || return 0
  rm -f "${appl_volume_folder%/*}/.copy.${1##*/}"
  appl_volume_format "$1" "$6"
  appl_volume_owner "$3" "$4" "$5"
  appl_volume_settle
}

# appl_volume_format VOLUME BYTES: a new file system beside the volume's place, mounted at $appl_volume_new, until `appl_volume_settle` puts it
# there. Eight MiB are the least that holds a journal. Databases refuse a folder that holds something, so nothing is in it. Every step asks for the
# one before, for a shell that tests the outcome of a function does not stop at a failure inside.
appl_volume_format() {
  appl_volume_drop
  appl_volume_room "$1" "$2"
  truncate -s "$(appl_volume_bytes "$2")" "$appl_volume_image.new" &&
    mkfs.ext4 -q -F -m 0 -b 4096 "$appl_volume_image.new" &&
    mkdir "$appl_volume_new" &&
    mount -t ext4 -o loop,nodev "$appl_volume_image.new" "$appl_volume_new" &&
    rmdir "$appl_volume_new/lost+found" ||
    appl_fail operation-failed "the volume $1 cannot be made" "see what was printed, and run the command again"
}
appl_volume_settle() {
  umount "$appl_volume_new" &&
    rmdir "$appl_volume_new" &&
    sync "$appl_volume_image.new" &&
    mv -f "$appl_volume_image.new" "$appl_volume_image" &&
    sync "${appl_volume_image%/*}" ||
    appl_fail operation-failed "the volume $appl_volume_folder cannot be put in place" "run the command again"
}

# appl_volume_drop: what an attempt that was cut off left beside the volume's place.
appl_volume_drop() {
  appl_volume_new=$appl_volume_image.mount
  ! mountpoint -q "$appl_volume_new" || umount "$appl_volume_new"
  [ ! -d "$appl_volume_new" ] || rmdir "$appl_volume_new"
  rm -f "$appl_volume_image.new"
}

# appl_volume_bytes BYTES: how large its file is: whole blocks.
appl_volume_bytes() { printf '%s' $((($1 > 8388608 ? $1 : 8388608) / 4096 * 4096)); }

# appl_volume_room VOLUME BYTES: gives up when this host could not hold it.
appl_volume_room() {
  appl_free=$(df -B1 --output=avail "$APPL_DIR" | tail -n 1)
  [ "$appl_free" -ge "$2" ] ||
    appl_fail no-space "the volume $1 takes $2 bytes, and this host has $appl_free free" "free some space (appl image gc removes unused images)"
}

# appl_volume_owner PATH IMAGE USER
appl_volume_owner() {
  chmod 755 "$appl_volume_new"
  appl_owner=
  while read -r appl_layer; do
    [ -n "$appl_owner" ] || [ -z "$3" ] || [ ! -f "$appl_layer/etc/passwd" ] ||
      appl_owner=$(awk -F: -v user="$3" '$1 == user { print $3 ":" $4 }' "$appl_layer/etc/passwd")
    if [ -d "$appl_layer$1" ] && [ ! -L "$appl_layer$1" ]; then
      chmod "$(stat -c %a "$appl_layer$1")" "$appl_volume_new"
      [ -n "$appl_owner" ] || [ -n "$3" ] || appl_owner=$(stat -c %u:%g "$appl_layer$1")
      break
    fi
  done <<LAYERS
$(tac "$APPL_HOME/images/built/$2/layers" 2>/dev/null)
LAYERS
  [ -z "$appl_owner" ] || chown "$appl_owner" "$appl_volume_new"
}

# appl_volume_device FILE: the loop device that has this very file; none when nobody has. Two of them on one file would destroy it.
appl_volume_device() { appl_device=$(losetup -j "$1" -n -O NAME | head -n 1); }

# appl_volume_reserve VOLUME BYTES: its file is that large at least; what is larger stays so.
appl_volume_reserve() {
  appl_volume_now=$(stat -c %s "$appl_volume_image")
  appl_volume_wanted=$(appl_volume_bytes "$2")
  [ "$appl_volume_wanted" -gt "$appl_volume_now" ] || return 0
  appl_volume_room "$1" $((appl_volume_wanted - appl_volume_now))
  truncate -s "$appl_volume_wanted" "$appl_volume_image"
  sync "$appl_volume_image"
}

# appl_volume_extent FILE: how many bytes its file system takes, as its superblock says: 32 bits of blocks of 4096 bytes (ext4(5)).
appl_volume_extent() { printf '%s' $(($(od -An -tu4 -j1028 -N4 "$1") * 4096)); }

# appl_volume_short FILE: its file system takes less than its file. mkfs leaves out a last group that would hold next to nothing.
appl_volume_short() { [ $(($(appl_volume_extent "$1") + 4194304)) -lt "$(stat -c %s "$1")" ]; }

# appl_volume_fill: the file system on $appl_device takes all of its file, while it is in use. A kernel that lets nobody write to a device that is
# mounted refuses resize2fs before 1.47.1; what it would ask the kernel for is asked here then (EXT4_IOC_RESIZE_FS, with the number of blocks).
# Where this is not allowed at all (it needs CAP_SYS_RESOURCE), it grows at its next start: until then it is seen as smaller.
appl_volume_fill() {
  appl_volume_short "$appl_volume_image" || return 0
  losetup -c "$appl_device" && { resize2fs "$appl_device" 2>&1 || perl -e '
    sysopen(FOLDER, $ARGV[0], 0) or die "$ARGV[0]: $!\n";
    my $blocks = pack("Q", $ARGV[1]);
    ioctl(FOLDER, 0x40086610, $blocks) or die "$ARGV[0]: $!\n";' \
    "$appl_volume_folder" $(($(stat -c %s "$appl_volume_image") / 4096)); } ||
    appl_say "this host cannot grow $appl_volume_folder while it is in use: it grows at its next start"
}

# appl_volume_open VOLUME BYTES: mounted, before a container starts.
appl_volume_open() {
  appl_volume_at "$1"
  [ -f "$appl_volume_image" ] || { appl_volume_fits "$1" "$2" || return 0; appl_volume_exchange "$1" "$2"; }
  appl_volume_reserve "$1" "$2"
  if appl_volume_short "$appl_volume_image"; then
    if appl_volume_close "$1"; then appl_volume_stretch "$1"
    else appl_say "the volume $1 cannot grow yet: something else on this host has it mounted"; fi
  fi
  if ! mountpoint -q "$appl_volume_folder"; then
    # What is there was copied into the volume before (`appl_volume_exchange`).
    rm -rf --one-file-system "$appl_volume_folder"
    mkdir "$appl_volume_folder" || appl_fail operation-failed "the volume $1 has no place" "look at $appl_volume_folder on this host"
    appl_volume_mount "$1"
  fi
  rmdir "$appl_volume_folder/lost+found" 2>/dev/null || :
}

# appl_volume_stretch VOLUME: the file system takes all of its file, while nobody has it.
appl_volume_stretch() {
  appl_mended=0
  e2fsck -fp "$appl_volume_image" || appl_mended=$?
  [ $appl_mended -le 1 ] && resize2fs "$appl_volume_image" 2>&1 ||
    appl_fail operation-failed "the file system of the volume $1 is damaged" "restore it from a backup, or run e2fsck on $appl_volume_image"
}

# appl_volume_mount VOLUME: a container that is still ending may have its device; then it is the same one.
appl_volume_mount() {
  for appl_try in 1 2 3 4 5; do
    appl_volume_device "$appl_volume_image"
    if [ -n "$appl_device" ]; then
      ! mount -t ext4 -o nodev,errors=remount-ro "$appl_device" "$appl_volume_folder" || return 0
    else
      appl_volume_mend "$1"
      if mount -t ext4 -o loop,nodev,errors=remount-ro "$appl_volume_image" "$appl_volume_folder"; then
        appl_volume_device "$appl_volume_image"
        # Without the page cache between, what the appliance has synced is synced, and nothing is kept in memory twice.
        losetup --direct-io=on "$appl_device" 2>/dev/null || :
        return 0
      fi
    fi
    sleep 0.2
  done
  appl_fail operation-failed "the volume $1 cannot be mounted" "see what was printed"
}

# appl_volume_mend VOLUME: after a power cut, what the journal of the file system knows (e2fsck(8): 1, errors were corrected).
appl_volume_mend() {
  appl_mended=0
  e2fsck -p "$appl_volume_image" || appl_mended=$?
  [ $appl_mended -le 1 ] ||
    appl_fail operation-failed "the file system of the volume $1 is damaged" "restore it from a backup, or run e2fsck on $appl_volume_image"
}

# appl_volume_fits VOLUME BYTES: the plain folder that an earlier version made can become a volume of that size, and this host holds both.
appl_volume_fits() {
  [ -d "$appl_volume_folder" ] || appl_fail operation-failed "the volume $1 is not on this host" "run the command again"
  appl_volume_content=$(du -s -B1 "$appl_volume_folder" | cut -f 1)
  appl_free=$(df -B1 --output=avail "$APPL_DIR" | tail -n 1)
  if [ $((appl_volume_content + appl_volume_content / 8)) -gt "$(appl_volume_bytes "$2")" ] || [ "$appl_free" -lt $((2 * appl_volume_content)) ]; then
    appl_say "the volume $1 stays a plain folder without a limit: it holds $appl_volume_content bytes"
    return 1
  fi
}

# appl_volume_exchange VOLUME BYTES: the plain folder becomes a volume: copied, compared, and put in place by one rename.
appl_volume_exchange() {
  appl_volume_format "$1" "$2"
  cp -a "$appl_volume_folder/." "$appl_volume_new/" &&
    sync -f "$appl_volume_new" &&
    [ "$(appl_volume_digest "$appl_volume_folder")" = "$(appl_volume_digest "$appl_volume_new")" ] ||
    appl_fail operation-failed "the copy of the volume $1 differs from it" "run the command again; the volume is as it was"
  appl_volume_settle
}

# appl_volume_digest FOLDER: of all names, kinds, owners, modes, targets and contents in it.
appl_volume_digest() {
  { ( cd "$1" && find . ! -type d -printf '%P %y %m %U %G %l\0' -o -type d -printf '%P %y %m %U %G\0' | sort -z && find . -type f -print0 | sort -z | xargs -0r sha256sum -z -- ); } | sha256sum
}

# appl_volume_disk VOLUME BYTES: ready to be a microVM's disk: nobody else has it, and its file system takes all of it.
appl_volume_disk() {
  appl_volume_at "$1"
  [ -f "$appl_volume_image" ] || ! appl_volume_fits "$1" "$2" || appl_volume_exchange "$1" "$2"
  [ -f "$appl_volume_image" ] || appl_fail operation-failed "the volume $1 is a plain folder that does not fit its size" "give it a larger \`size\`"
  appl_volume_close "$1" || appl_fail operation-failed "the volume $1 is still in use" "end what has $appl_volume_folder mounted on this host"
  appl_volume_reserve "$1" "$2"
  if appl_volume_short "$appl_volume_image"; then appl_volume_stretch "$1"; else appl_volume_mend "$1"; fi
}

# appl_volume_close VOLUME: nobody has it any more. 1: somebody still does, such as a program in a namespace with mounts of its own, which keeps
# what was mounted when it began.
appl_volume_close() {
  appl_volume_at "$1"
  for appl_try in 1 2 3 4 5 6 7 8 9 10; do
    ! mountpoint -q "$appl_volume_folder" || umount "$appl_volume_folder" || :
    appl_volume_device "$appl_volume_image"
    [ -n "$appl_device" ] || return 0
    sleep 0.3
  done
  return 1
}

# appl_volumes_of NAME: the volumes of the appliance that this generation is of, a line each.
appl_volumes_of() {
  for appl_image in "$APPL_DIR/volumes/$1"/*.img; do
    [ ! -f "$appl_image" ] || { appl_image=${appl_image##*/}; printf '%s/%s\n' "$1" "${appl_image%.img}"; }
  done
}

# appl_volumes_close NAME: those of an appliance, unless another generation of it runs.
appl_volumes_close() {
  for appl_other in "$APPL_DIR/containers/${1%.*}".* "$APPL_DIR/microvms/${1%.*}".*; do
    case ${appl_other##*/"${1%.*}".} in *[!0-9]*) continue ;; esac
    [ "${appl_other##*/}" = "$1" ] || ! appl_process_of "$appl_other" || return 0
  done
  for appl_volume in $(appl_volumes_of "${1%.*}"); do appl_volume_close "$appl_volume" || :; done
}

# appl_volumes_remove APPLIANCE: all volumes of an appliance; only when somebody asked for just that.
appl_volumes_remove() {
  for appl_volume in $(appl_volumes_of "$1"); do appl_volume_close "$appl_volume" || :; done
  rm -rf --one-file-system "$APPL_DIR/volumes/$1"
}

# appl_volume_remove VOLUME: one that nobody uses.
appl_volume_remove() {
  appl_volume_close "$1" || appl_fail operation-failed "the volume $1 is still in use" "end what has $appl_volume_folder mounted on this host"
  rm -rf --one-file-system "$appl_volume_folder" "$appl_volume_image" "$appl_volume_image.new"
  for appl_file in "${appl_volume_folder%/*}"/*; do [ ! -e "$appl_file" ] || return 0; done
  rm -rf "${appl_volume_folder%/*}"
}

# appl_observe_volumes: every volume of this cluster here. `state`: mounted, closed (nobody has it, or a microVM does), or folder: not held to its size.
appl_observe_volumes() {
  appl_comma=''
  for appl_owner in "$APPL_DIR"/volumes/*; do
    [ -d "$appl_owner" ] || continue
    appl_address='[]'
    [ ! -s "$appl_owner/.address" ] || appl_address=$(appl_lines <"$appl_owner/.address")
    for appl_file in "$appl_owner"/*; do
      case $appl_file in *.img) ;; *.mount | *.new) continue ;; *) [ -d "$appl_file" ] && [ ! -f "$appl_file.img" ] || continue ;; esac
      appl_volume_at "${appl_owner##*/}/$(basename "$appl_file" .img)"
      if [ -f "$appl_volume_image" ]; then
        appl_state=closed appl_bytes=$(appl_volume_extent "$appl_volume_image") appl_used=$(($(stat -c %b "$appl_volume_image") * 512))
        if mountpoint -q "$appl_volume_folder"; then
          appl_state=mounted
          appl_used=$(df -B1 --output=used "$appl_volume_folder" | tail -n 1)
        fi
      else
        appl_state=folder appl_used=$(du -s -B1 "$appl_volume_folder" | cut -f 1) appl_bytes=0
      fi
      printf '%s{"folder":"%s","name":"%s","address":%s,"state":"%s","size_bytes":%s,"used_bytes":%s}' "$appl_comma" \
        "${appl_owner##*/}" "${appl_volume_folder##*/}" "$appl_address" $appl_state "$appl_bytes" "$((appl_used))"
      appl_comma=,
    done
  done
}
