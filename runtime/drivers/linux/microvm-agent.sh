# --- MicroVMs: talking to the agent inside -------------------------------------------------------------------------------------
# QEMU connects the agent's port to two named pipes. It holds both ends of each, so they never close while it lives, and nothing but
# a shell is needed to talk. One asks at a time; an answer is known by the request's own name, and older ones are passed over.

# appl_microvm_ask NAME SECONDS VERB [FILE]: one request, with the content of FILE; prints what it printed, and returns its code: 125
# when nobody answered, 124 when it was not done in time.
appl_microvm_ask() {
  (
    set +e
    appl_folder=$(appl_microvm_folder "$1")
    appl_limit=${2%.*}
    [ "$appl_limit" = "$2" ] || appl_limit=$((appl_limit + 1))
    appl_microvm_process "$1" || { echo "the microVM $1 is not running"; exit 125; }
    exec 6>>"$appl_folder/agent.lock" 3>&- 9>&-
    flock -w "$((appl_limit + 5))" 6 || { echo "the agent of $1 is busy"; exit 125; }
    appl_request=appl-$(od -An -N8 -tx1 /dev/urandom | tr -d ' \n')
    appl_file=$appl_folder/request.$appl_request
    {
      printf '\n%s %s %s' "$appl_request" "$3" "$appl_limit"
      [ -z "${4:-}" ] || printf ' %s %s' "$(stat -c %s "$4")" "$(sha256sum <"$4" | cut -c 1-64)"
      printf '\n'
      [ -z "${4:-}" ] || cat "$4"
    } >"$appl_file"
    exec 5<>"$appl_folder/agent.out"
    # What a guest answers may be anything, and without end: a megabyte of it is written down, and no line is longer than memory allows.
    # Whole or not at all, also when we are killed: the rest of a request would be taken for the next one's.
    timeout 30 setsid cat "$appl_file" 1<>"$appl_folder/agent.in" &
    appl_code=$(ulimit -f 2048
      ulimit -v 262144
      timeout "$((appl_limit + 5))" sed -un "s/^$appl_request out //p
      /^$appl_request end /{s///;w $appl_file.code
      q}" <&5 >"$appl_file.out"
      cat "$appl_file.code" 2>/dev/null)
    cat "$appl_file.out"
    rm -f "$appl_file" "$appl_file.out" "$appl_file.code"
    [ -n "$appl_code" ] || { echo "the agent of $1 does not answer"; exit 125; }
    exit "$appl_code"
  )
}

# appl_words WORD...: each word quoted for a shell, on one line.
appl_words() {
  for appl_word in "$@"; do
    printf "'%s' " "$(printf '%sx' "$appl_word" | sed "s/'/'\\\\''/g")" | sed "s/x' \$/' /"
  done
}

# appl_microvm_send NAME SECONDS VERB: like appl_microvm_ask, with standard input as the content.
appl_microvm_send() {
  appl_content=$(mktemp "$(appl_microvm_folder "$1")/request.XXXXXX")
  cat >"$appl_content"
  appl_sent=0
  appl_microvm_ask "$1" "$2" "$3" "$appl_content" || appl_sent=$?
  rm -f "$appl_content"
  return $appl_sent
}

# appl_microvm_run NAME SECONDS COMMAND...: a program inside, with the appliance's environment.
appl_microvm_run() {
  appl_inside=$1 appl_limit=$2
  shift 2
  { printf 'exec /appl/run '; appl_words "$@"; } | appl_microvm_send "$appl_inside" "$appl_limit" exec
}

# appl_microvm_push NAME: what its folder `appl` holds now is in the guest's /appl.
appl_microvm_push() {
  tar --create --directory "$(appl_microvm_folder "$1")" --owner=0 --group=0 --numeric-owner appl | appl_microvm_send "$1" 30 unpack ||
    appl_fail operation-failed "the microVM $1 does not take its configuration" "run the command again"
}

# appl_microvm_unpack NAME: the files of its configuration, written inside.
appl_microvm_unpack() {
  ! appl_microvm_process "$1" || appl_microvm_run "$1" 60 /appl/busybox tar -x -f /appl/config.tar -C /
}

# appl_microvm_unlink NAME: deletes the files that came as `remove`, now and before every start.
appl_microvm_unlink() {
  appl_folder=$(appl_microvm_folder "$1")
  { [ ! -f "$appl_folder/appl/remove" ] || cat "$appl_folder/appl/remove"; cat "$APPL_IN/remove"; } | sort -u |
    appl_replace "$appl_folder/appl/remove"
  appl_microvm_disk "$1"
  appl_microvm_process "$1" || return 0
  appl_microvm_push "$1"
  appl_microvm_run "$1" 60 sh /appl/remove
}

# appl_microvm_reload NAME COMMAND...
appl_microvm_reload() {
  appl_microvm_process "$1" || appl_fail operation-failed "the microVM $1 is not running, so that nothing can be reloaded" \
    "run the command again: it will be restarted"
  appl_reloaded=$1
  shift
  appl_microvm_run "$appl_reloaded" 60 "$@"
}

# appl_microvm_names: every microVM of the cluster gets the names as they are now.
appl_microvm_names() {
  for appl_folder in "$APPL_DIR/microvms"/*; do
    appl_process_of "$appl_folder" || continue
    cp "$APPL_DIR/names/hosts" "$appl_folder/appl/names/hosts"
    chmod 644 "$appl_folder/appl/names/hosts"
    tar --create --directory "$appl_folder" --owner=0 --group=0 --numeric-owner appl/names |
      appl_microvm_send "${appl_folder##*/}" 30 unpack ||
      # It gets them when it is started next; that it does not answer is drift, and shows in its checks.
      appl_say "the microVM ${appl_folder##*/} does not take the names"
  done
}

# appl_microvm_announce NAME DEVICE ADDRESS...: tells its neighbours, on each of its nics, who has the address now.
appl_microvm_announce() {
  appl_microvm_process "$1" || return 0
  appl_announced=$1
  shift
  while [ $# -ge 2 ]; do
    echo "arping -q -U -c 1 -w 1 -I $1 $2"
    shift 2
  done | appl_microvm_send "$appl_announced" 5 run >/dev/null 2>&1 || :
}

# appl_microvm_probe NAME SECONDS http-get ADDRESS PORT PATH STATUS | tcp-open ADDRESS PORT: a check from inside, of one that has not
# joined its networks. Prints what it found.
appl_microvm_probe() {
  appl_probed=$1 appl_limit=$2 appl_kind=$3
  shift 3
  case $appl_kind in
    http-get)
      appl_status=$({ printf 'wget -q -S -O /dev/null '; appl_words "http://$1:$2$3"; printf '2>&1\nexit 0\n'; } |
        appl_microvm_send "$appl_probed" "$appl_limit" run | sed -n 's#^ *HTTP/[0-9.]* \([0-9]*\).*#\1#p' | head -n 1)
      [ -n "$appl_status" ] || { printf 'nothing answers on %s:%s' "$1" "$2"; return 1; }
      printf 'answered %s' "$appl_status"
      [ "$appl_status" = "$4" ] || { printf ', not %s' "$4"; return 1; }
      ;;
    tcp-open)
      { printf 'nc -z '; appl_words "$1" "$2"; } | appl_microvm_send "$appl_probed" "$appl_limit" run >/dev/null ||
        { printf 'nothing answers on %s:%s' "$1" "$2"; return 1; }
      ;;
  esac
}

# --- What a guest runs under ---------------------------------------------------------------------------------------------------

# appl_acceleration: `kvm` or `tcg` as it was found since this boot, else nothing.
appl_acceleration() {
  { read -r appl_probed_boot appl_probed_found; } 2>/dev/null <"$appl_images/acceleration" || return 0
  [ "$appl_probed_boot" != "$(appl_boot)" ] || printf '%s' "$appl_probed_found"
}

# appl_acceleration_probe KERNEL: starts a guest under KVM and sees whether it gets anywhere, once a boot. A device that opens proves
# nothing: there are hosts on which it only runs guests of a special kind.
appl_acceleration_probe() {
  appl_found=$(appl_acceleration)
  if [ -z "$appl_found" ]; then
    appl_found=tcg
    if [ -w /dev/kvm ] && timeout -k 1 5 qemu-system-x86_64 -nodefaults -no-user-config -display none -no-reboot -M q35 \
      -accel kvm -cpu host -m 96 -kernel "$1/kernel" -initrd "$1/initramfs" -serial stdio \
      -append 'console=ttyS0 quiet panic=-1 appl.probe' </dev/null 2>/dev/null | grep -q '^appl-probe-passed'; then
      appl_found=kvm
    fi
    printf '%s %s\n' "$(appl_boot)" "$appl_found" >"$appl_images/acceleration.new"
    mv -f "$appl_images/acceleration.new" "$appl_images/acceleration"
  fi
  printf '%s' "$appl_found"
}
