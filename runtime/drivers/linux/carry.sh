# --- Volumes that move ---------------------------------------------------------------------------------------------------------
# Volumes go from one host to another as one stream: a line, then archives of tar, of the volumes and of what was counted in them. What arrives
# lies in $APPL_DIR/volumes/APPLIANCE/.incoming until all of it is there as it was sent; then in its place, beside a mark `.copy.NAME`, until
# `appl_volumes_settle` says that it is the appliance's own. A mark is there before what it marks, and goes after it.

# appl_carry_ways: how what is carried may be made smaller here.
appl_carry_ways() {
  appl_ways='[]'
  ! command -v zstd >/dev/null || appl_ways='["zstd"]'
  appl_answer "{\"compressions\":$appl_ways}"
}

# appl_stream MARK: standard output and input carry bytes now, on descriptors 5 and 4. Answers go where people read, on lines with a mark.
appl_stream() {
  APPL_MARK=$1
  exec 4<&0 </dev/null 5>&3 3>&2
  appl_answer() { printf '\n%s %s\n' "$APPL_MARK" "$1" >&3; }
}

# appl_send APPLIANCE zstd|plain VOLUME...: what is on these volumes, while nobody has them.
appl_send() {
  appl_carried=$APPL_DIR/volumes/$1 appl_owner=$1 appl_way=$2
  shift 2
  for appl_volume in "$@"; do
    shift
    appl_volume_close "$appl_owner/$appl_volume" ||
      appl_fail operation-failed "the volume $appl_owner/$appl_volume is still in use" "end what has $appl_volume_folder mounted on this host"
    if [ -f "$appl_volume_image" ]; then set -- "$@" "$appl_volume.img"
    elif [ -d "$appl_volume_folder" ]; then set -- "$@" "$appl_volume"
    else appl_fail operation-failed "the volume $appl_owner/$appl_volume is not on this host" "run the command again"; fi
  done
  appl_bytes=$(cd "$appl_carried" && du -s -c -B1 -- "$@" | tail -n 1 | cut -f 1)
  printf 'appl-volumes 1 %s %s\n' "$appl_way" "$appl_bytes" >&5
  {
    appl_carry_digests "$appl_carried" "$@" >"$APPL_IN/.digests" &
    tar -cS $appl_kept_whole -C "$appl_carried" -- "$@" && wait $! && tar -c -C "$APPL_IN" .digests || : >"$APPL_IN/broken"
  } | appl_carry_smaller "$appl_way" >&5 || : >"$APPL_IN/broken"
  [ ! -e "$APPL_IN/broken" ] || appl_fail operation-failed "the volumes of $appl_owner cannot be read" "see what was printed"
  appl_answer "{\"digest\":\"$(sha256sum <"$APPL_IN/.digests" | cut -c 1-64)\"}"
}

# appl_receive APPLIANCE ADDRESS_JSON VOLUME...: volumes as they were sent, or none; never in the place of one that is the appliance's own.
appl_receive() {
  appl_carried=$APPL_DIR/volumes/$1 appl_owner=$1 appl_whose=$2
  shift 2
  appl_volumes_copies_remove "$appl_owner"
  for appl_volume in "$@"; do
    appl_volume_at "$appl_owner/$appl_volume"
    [ ! -e "$appl_volume_image" ] && [ ! -e "$appl_volume_folder" ] ||
      appl_fail conflict "there is a volume $appl_owner/$appl_volume on this host already" \
        "when nobody needs it any more, let appl volume delete remove it"
  done
  appl_way='' appl_bytes=''
  IFS=' ' read -r appl_word appl_version appl_way appl_bytes <&4 || :
  case "$appl_word $appl_version $appl_way" in "appl-volumes 1 plain" | "appl-volumes 1 zstd") ;; *) appl_carry_partly ;; esac
  case $appl_bytes in '' | *[!0-9]* | ????????????????*) appl_carry_partly ;; esac
  mkdir -p "$APPL_DIR/volumes"
  appl_volume_room "$appl_owner" "$appl_bytes"
  mkdir -p "$appl_carried/.incoming"
  # What comes is another host's word until it was compared: nobody else here may reach it.
  chmod 700 "$appl_carried/.incoming"
  chmod 755 "$APPL_DIR/volumes" "$appl_carried"
  printf '%s\n' "$appl_whose" | appl_replace "$appl_carried/.address"
  appl_carry_larger "$appl_way" <&4 | tar -xSip $appl_kept_whole -C "$appl_carried/.incoming"
  appl_carry_place "$@"
}

# appl_carry_place VOLUME...: puts what has arrived in its place, if it is what was sent.
appl_carry_place() {
  appl_incoming=$appl_carried/.incoming
  [ -f "$appl_incoming/.digests" ] && [ ! -L "$appl_incoming/.digests" ] || appl_carry_partly
  appl_files=''
  for appl_volume in "$@"; do
    if [ -f "$appl_incoming/$appl_volume.img" ] && [ ! -L "$appl_incoming/$appl_volume.img" ]; then appl_files="$appl_files $appl_volume.img"
    elif [ -d "$appl_incoming/$appl_volume" ] && [ ! -L "$appl_incoming/$appl_volume" ]; then appl_files="$appl_files $appl_volume"
    else appl_carry_partly; fi
  done
  # No name of a volume holds a character that would make two words of it.
  appl_carry_digests "$appl_incoming" $appl_files >"$APPL_IN/.digests"
  cmp -s "$APPL_IN/.digests" "$appl_incoming/.digests" ||
    appl_fail operation-failed "what arrived of the volumes of $appl_owner is not what was sent" "run the command again; they are where they were"
  for appl_file in $appl_files; do
    if [ -d "$appl_incoming/$appl_file" ]; then sync -f "$appl_incoming"; else sync "$appl_incoming/$appl_file"; fi
    : >"$appl_carried/.copy.${appl_file%.img}"
    sync "$appl_carried"
    mv -T "$appl_incoming/$appl_file" "$appl_carried/$appl_file"
  done
  rm -rf --one-file-system "$appl_incoming"
  sync "$appl_carried"
  appl_answer "{\"digest\":\"$(sha256sum <"$APPL_IN/.digests" | cut -c 1-64)\"}"
}

# Owners by number, modes, times, extended attributes (capabilities of programs among them) and access lists.
appl_kept_whole="--numeric-owner --xattrs --xattrs-include=* --acls"

appl_carry_partly() {
  appl_fail operation-failed "the volumes of $appl_owner came in part only" "run the command again; they are where they were"
}

# appl_carry_smaller zstd|plain, appl_carry_larger zstd|plain: standard input as it goes over the wire, and back.
appl_carry_smaller() { if [ "$1" = zstd ]; then zstd -q -c -1; else cat; fi; }
appl_carry_larger() { if [ "$1" = zstd ]; then zstd -q -d -c; else cat; fi; }

# appl_carry_digests FOLDER FILE...: a line for each: of a volume its content, of a plain folder all that is in it.
appl_carry_digests() (
  set -e
  cd "$1"
  shift
  for appl_file in "$@"; do
    if [ -d "$appl_file" ]; then appl_one=$(appl_volume_digest "$appl_file"); else appl_one=$(sha256sum <"$appl_file"); fi
    printf '%s %s\n' "${appl_one%% *}" "$appl_file"
  done
)

# appl_volumes_settle APPLIANCE: the copies that came are its own from now on.
appl_volumes_settle() {
  for appl_mark in "$APPL_DIR/volumes/$1"/.copy.*; do
    [ ! -f "$appl_mark" ] || rm -f "$appl_mark"
  done
  [ ! -d "$APPL_DIR/volumes/$1" ] || sync "$APPL_DIR/volumes/$1"
}

# appl_volumes_copies_remove APPLIANCE: the copies that never became its own, and what arrived in part.
appl_volumes_copies_remove() {
  [ -d "$APPL_DIR/volumes/$1" ] || return 0
  rm -rf --one-file-system "$APPL_DIR/volumes/$1/.incoming"
  for appl_mark in "$APPL_DIR/volumes/$1"/.copy.*; do
    [ -f "$appl_mark" ] || continue
    appl_volume_close "$1/${appl_mark##*/.copy.}" ||
      appl_fail operation-failed "a copy of the volume $1/${appl_mark##*/.copy.} is still in use" "end what has $appl_volume_folder mounted on this host"
    rm -rf --one-file-system "$appl_volume_folder" "$appl_volume_image" "$appl_volume_image.new"
    rm -f "$appl_mark"
  done
  for appl_file in "$APPL_DIR/volumes/$1"/*; do [ ! -e "$appl_file" ] || return 0; done
  rm -rf --one-file-system "$APPL_DIR/volumes/$1"
}
