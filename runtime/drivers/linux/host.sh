# The program that appl keeps on a bare Linux host: verbs as functions, for any POSIX shell. Every operation is one run of a shell
# that reads this file and calls some of them. What a tool prints goes to standard error, where people read it; the answer, one JSON
# document, goes to what was standard output.

set -eu
umask 077
export LC_ALL=C PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
exec 3>&1 1>&2

APPL_HOME=/var/lib/appl

# appl_answer JSON: prints the answer.
appl_answer() { printf '%s\n' "$1" >&3; }

# appl_say WORDS...: progress for people. Nobody may be listening any more.
appl_say() { printf '%s\n' "$*" 2>/dev/null || :; }

# appl_text: standard input as one JSON text.
appl_text() { printf '"'; tr -d '\r' | tr '\n\t' '  ' | tr -d '\000-\037\177' | sed 's/[\\"]/\\&/g; s/ *$//' | tr -d '\n'; printf '"'; }

# appl_fail KIND MESSAGE [REMEDY]: gives up with an answer that says why.
appl_fail() {
  appl_answer "{\"failure\":{\"kind\":\"$1\",\"message\":$(printf '%s' "$2" | appl_text),\"remedy\":$(
    if [ -n "${3:-}" ]; then printf '%s' "$3" | appl_text; else printf null; fi)}}"
  exit 1
}

appl_now() { date +%s%3N; }

# appl_cluster NAME: all that follows is about this cluster.
appl_cluster() {
  case $1 in
    images) appl_fail conflict "a cluster on this host cannot be named images: that folder holds the images of all clusters" "give it another name with --as" ;;
  esac
  APPL_NAME=$1 APPL_DIR=$APPL_HOME/$1
}

# --- Processes -----------------------------------------------------------------------------------------------------------------

# appl_ticks PID: when that process started, in clock ticks after boot; nothing when it is gone or only waits to be buried.
appl_ticks() {
  IFS= read -r appl_stat 2>/dev/null <"/proc/$1/stat" || return 0
  # The name of the program stands in brackets and may hold anything.
  set -- ${appl_stat##*) }
  case $1 in Z | X) ;; *) printf '%s' "${20}" ;; esac
}

# appl_boot: this boot and process namespace, without which a process number means nothing.
appl_boot() { printf '%s/%s' "$(cat /proc/sys/kernel/random/boot_id)" "$(readlink /proc/self/ns/pid)"; }

# appl_daemon COMMAND...: runs it without our locks and answer, with signals as they were.
appl_daemon() { ( trap - PIPE; exec 3>&- 7>&- 8>&- 9>&-; exec "$@" </dev/null ); }

# --- Files ---------------------------------------------------------------------------------------------------------------------

# appl_replace FILE: standard input becomes its content, whole or not at all, and durably.
appl_replace() {
  cat >"$1.new"
  sync "$1.new"
  mv -f "$1.new" "$1"
  sync "${1%/*}"
}

# appl_opens_again: whether a file that could not be opened may be tried once more, since its folder may be just being made anew.
appl_opens_again() {
  appl_opens=$((appl_opens + 1))
  [ "$appl_opens" -lt 10 ]
}

# appl_writable: gives up where nothing can be written, with that as the reason.
appl_writable() {
  [ ! -d "$APPL_DIR" ] || [ -w "$APPL_DIR" ] ||
    appl_fail host-unsuitable "what holds $APPL_HOME on this host cannot be written" "mount it for writing, and run the command again"
}

# appl_lock s|x SECONDS: takes the cluster's `busy` file on descriptor 9: shared by every operation, exclusively by who must know that none
# is under way.
appl_lock() {
  appl_opens=0
  while [ -d "$APPL_DIR" ]; do
    command exec 9>>"$APPL_DIR/busy" || { appl_opens_again || return 1; continue; }
    flock "-$1" -w "$2" 9 || return 1
    ! appl_lock_is "$APPL_DIR/busy" 9 || return 0
  done
  return 1
}

# appl_lock_lease: takes the `lease.lock` file on descriptor 7, for the moment in which the lease is read and written. 1: the cluster's
# folder is gone, 2: others held it for too long.
appl_lock_lease() {
  appl_opens=0
  while [ -d "$APPL_DIR" ]; do
    command exec 7>>"$APPL_DIR/lease.lock" || { appl_opens_again || return 1; continue; }
    flock -x -w 10 7 || return 2
    ! appl_lock_is "$APPL_DIR/lease.lock" 7 || return 0
  done
  return 1
}
appl_unlock_lease() { exec 7>&-; }

# appl_lock_host: for the moment in which one looks at, or changes, what all clusters of this host share.
appl_lock_host() {
  while [ -d "$APPL_HOME" ]; do
    command exec 6<"$APPL_HOME" || continue
    flock -x -w 30 6 || return 1
    ! appl_lock_is "$APPL_HOME" 6 || return 0
  done
  return 1
}
appl_unlock_host() { exec 6<&-; }

# appl_lock_is FILE DESCRIPTOR: the lock is on this very file, not on one that was removed with its folder meanwhile. `$$` would be wrong in a
# subshell; `stat` has the descriptor too.
appl_lock_is() { [ "$(stat -Lc %i "/proc/self/fd/$2")" = "$(stat -c %i "$1" 2>/dev/null)" ]; }

# --- Lease ---------------------------------------------------------------------------------------------------------------------
# `lease` has two lines: the lease as JSON for people and programs, and what the shell must know of it.

appl_lease_read() {
  appl_lease='' appl_token=0 appl_until=0 appl_holder_boot='' appl_holder='' appl_holder_started=''
  { IFS= read -r appl_lease; read -r appl_token appl_until appl_holder_boot appl_holder appl_holder_started; } 2>/dev/null \
    <"$APPL_DIR/lease" || :
  # What is no lease gives nobody a right, and the next token begins at the time of day.
  case $appl_token$appl_until in
    *[!0-9]* | ???????????????????????????????*) ;;
    *) case $appl_lease in "{\"token\":$appl_token,"*"}") return ;; esac ;;
  esac
  appl_lease='' appl_token=0 appl_until=0
}

# appl_lease_held LONGEST_MS: somebody else still has a right to it. A holder that is a dead process of this machine has none, and a lease
# with more left than any lasts says nothing: the clock was set back since it was written.
appl_lease_held() {
  appl_lease_read
  appl_left=$((appl_until - $(appl_now)))
  [ -n "$appl_lease" ] && [ "$appl_left" -gt 0 ] && [ "$appl_left" -le "$1" ] || return 1
  [ "$appl_holder_boot" != "$(appl_boot)" ] || [ "$(appl_ticks "$appl_holder")" = "$appl_holder_started" ]
}

# appl_lease_write TOKEN SINCE DURATION_MS HOLDER_JSON OPERATION_JSON BOOT PID STARTED
appl_lease_write() {
  appl_until=$(($(appl_now) + $3))
  appl_lease="{\"token\":$1,\"holder\":$4,\"operation\":$5,\"since_ms\":$2,\"until_ms\":$appl_until}"
  printf '%s\n%s %s %s %s %s\n' "$appl_lease" "$1" "$appl_until" "$6" "$7" "$8" | appl_replace "$APPL_DIR/lease"
}

# appl_acquire DURATION_MS WAIT_S HOLDER_JSON OPERATION_JSON BOOT PID STARTED: takes the lease, or says who holds it. The next token is
# written first, so that the former holder can begin nothing more; then what it has under way ends. Tokens grow for ever, also when the
# cluster's folder was removed in between, for they begin at the time of day.
appl_acquire() {
  appl_locked=1
  while [ "$appl_locked" -ne 0 ]; do
    # The last holder may be taking the folder away in this very moment, and this program with it: then it is sent again.
    appl_lock_host && [ -f "$APPL_PROGRAM" ] || exit 119
    mkdir -p "$APPL_DIR"
    : >>"$APPL_DIR/lease.lock"
    appl_boot_install
    appl_unlock_host
    appl_locked=0
    appl_lock_lease || appl_locked=$?
    [ "$appl_locked" -ne 2 ] || appl_fail lease-held "others are taking the lease of $APPL_NAME on this host" "run the command again"
  done
  mkdir -p "$APPL_DIR/records" "$APPL_DIR/names" "$APPL_DIR/containers" "$APPL_DIR/microvms"
  chmod 755 "$APPL_DIR/names"
  if appl_lease_held $(($1 + $2 * 1000)); then appl_answer "{\"held\":$appl_lease}"; exit 0; fi
  appl_time=$(appl_now)
  appl_token=$((appl_token + 1))
  [ "$appl_token" -gt "$appl_time" ] || appl_token=$appl_time
  appl_lease_write "$appl_token" "$appl_time" $(($1 + $2 * 1000)) "$3" "$4" "$5" "$6" "$7"
  appl_unlock_lease
  if ! appl_lock x "$2"; then
    appl_release_lease "$appl_token"
    appl_fail lease-held "an operation of the former holder is still running here" "wait until it has ended"
  fi
  rm -rf "$APPL_DIR"/incoming.*
  appl_rebooted
  appl_revert_all
  appl_history_begin
  appl_renew "$appl_token" "$appl_time" "$1" "$3" "$4" "$5" "$6" "$7"
}

# appl_holds TOKEN: refuses to go on for anybody but the holder.
appl_holds() {
  appl_lease_read
  [ "$appl_token" = "$1" ] || appl_fail lease-lost "another has taken the lease of $APPL_NAME on this host, or it was given back" \
    "run the command again"
}

# appl_renew TOKEN SINCE DURATION_MS HOLDER_JSON OPERATION_JSON BOOT PID STARTED
appl_renew() {
  appl_writable
  appl_lock_lease || appl_fail lease-lost "the lease of $APPL_NAME is gone from this host" "run the command again"
  appl_holds "$1"
  appl_lease_write "$@"
  appl_answer "{\"taken\":$appl_lease}"
}

appl_release_lease() {
  appl_lock_lease || return 0
  appl_lease_read
  [ "$appl_token" != "$1" ] || rm -f "$APPL_DIR/lease"
  appl_unlock_lease
}

# appl_release TOKEN [RESULT_JSON]: gives it back. A cluster that has nothing here leaves nothing here.
appl_release() {
  if appl_lock x 10 && appl_lock_lease; then
    appl_lease_read
    [ "$appl_token" = "$1" ] || exit 0
    [ -z "${2:-}" ] || appl_history_add "end $1 $(appl_now) $2"
    appl_journal_trim
    rm -f "$APPL_DIR/lease"
    # What was cut off may have left something that has no record yet: the next one must learn of it.
    [ -f "$APPL_DIR/journal" ] || appl_leave
  else
    appl_release_lease "$1"
  fi
}

# appl_forget TOKEN: removes what is left of a cluster that has no objects, its volumes excepted.
appl_forget() {
  [ -d "$APPL_DIR" ] || exit 0
  appl_lock x 30 && appl_lock_lease || appl_fail lease-held "an operation on $APPL_NAME is still running here" "run the command again"
  appl_holds "$1"
  appl_leave
}

# appl_leave: the cluster's folder goes when it holds no object, and with the last cluster what all of them share.
appl_leave() {
  for appl_file in "$APPL_DIR"/records/*.json "$APPL_DIR"/containers/* "$APPL_DIR"/microvms/*; do
    [ ! -e "$appl_file" ] || return 0
  done
  rm -rf "$APPL_DIR"/incoming.* "$APPL_DIR/records" "$APPL_DIR/names" "$APPL_DIR/containers" "$APPL_DIR/microvms" "$APPL_DIR/kept" \
    "$APPL_DIR/armed"
  rm -f "$APPL_DIR"/firewall.* "$APPL_DIR/journal" "$APPL_DIR/history" "$APPL_DIR/booted" "$APPL_DIR/lease" "$APPL_DIR/lease.new"
  appl_network_gone
  appl_groups_remove "appl/$APPL_NAME"
  rmdir "$APPL_DIR/volumes" 2>/dev/null || [ ! -d "$APPL_DIR/volumes" ] || return 0
  # In one step: others that come now begin a folder of their own, instead of a file in one that is being removed.
  mv "$APPL_DIR" "$APPL_HOME/.left.$$"
  rm -rf "$APPL_HOME/.left.$$"
  appl_leave_host
}

# appl_leave_host: when no cluster is on this host any more, what all of them share goes, this program last.
appl_leave_host() {
  appl_lock_host || return 0
  for appl_file in "$APPL_HOME"/*/lease.lock; do
    [ ! -e "$appl_file" ] || { appl_unlock_host; return 0; }
  done
  appl_network_shared_gone
  appl_boot_uninstall
  appl_groups_remove appl
  rm -rf "$APPL_HOME/.program" "$APPL_HOME"/.left.*
  rmdir "$APPL_HOME" 2>/dev/null || :
  appl_unlock_host
}

# --- Journal and records -------------------------------------------------------------------------------------------------------
# A line of the journal is `begin`, operation, address, entry, or `end`, operation, `done` or `undone`, with tabs between; all but the
# first word are JSON; what is cut off is no line. What began and did not end was cut off, or failed and could not be taken back.

# appl_work TOKEN OPERATION_JSON ADDRESS_JSON ENTRY_JSON: an operation begins. Its input, an archive on standard input, is unpacked into
# $APPL_IN; whatever happens, it is removed, unless the machine or this shell is killed.
appl_work() {
  appl_work_claim "$1" "$2"
  appl_unpack "$APPL_IN"
  exec </dev/null
  appl_work_begin "$2" "$3" "$4"
}

# appl_work_claim TOKEN OPERATION_JSON: nobody else is at work, and nobody takes over meanwhile. Enough for what changes nothing.
appl_work_claim() {
  appl_writable
  [ -d "$APPL_DIR" ] && appl_lock s 30 || appl_fail lease-lost "another is taking the lease of $APPL_NAME on this host" "run the command again"
  appl_holds "$1"
  trap '' PIPE
  appl_operation=$2
  APPL_IN=$(mktemp -d "$APPL_DIR/incoming.XXXXXX")
  trap appl_work_exit EXIT
}

# appl_work_begin OPERATION_JSON ADDRESS_JSON ENTRY_JSON
appl_work_begin() {
  appl_journal_add "begin	$1	$2	$3"
  appl_began=yes
}
appl_began=no
appl_succeeded=no

# appl_unpack FOLDER: the archive on standard input. One that was cut off, as with the connection that it came over, lacks the two empty blocks
# at its end, and does nothing.
appl_unpack() {
  cat >"$1/.archive"
  [ -s "$1/.archive" ] && [ "$(tail -c 1024 "$1/.archive" | tr -d '\000' | wc -c)" -eq 0 ] \
    || appl_fail operation-failed "what the operation was to be done with came in part only" "run the command again"
  tar -x --no-same-owner -C "$1" -f "$1/.archive"
  rm -f "$1/.archive"
}

# appl_undo: takes back what a failed operation did; an operation that can do so defines it again.
appl_undo() { return 1; }

# appl_done: the operation succeeded; its record is written already.
appl_done() {
  appl_succeeded=yes
  appl_answer '{"done":true}'
}

appl_work_exit() {
  appl_status=$?
  trap - EXIT
  set +e
  if [ $appl_began = yes ]; then
    appl_end=done
    case $appl_succeeded in
      no) ( appl_undo ) && appl_end=undone || appl_end='' ;;
      # Its end is written when it is confirmed, or taken back.
      armed) appl_end='' ;;
    esac
    if [ -n "$appl_end" ]; then
      appl_journal_add "end	$appl_operation	$appl_end"
    fi
  fi
  rm -rf "$APPL_IN"
  exit $appl_status
}

# appl_journal_add LINE: it begins on a line of its own, also when a full disk has cut the last one off.
appl_journal_add() {
  printf '\n%s\n' "$1" >>"$APPL_DIR/journal"
  sync "$APPL_DIR/journal"
}

# appl_journal_open: the lines of what began and did not end. An operation that is done settles all that came before it at its address.
appl_journal_open() {
  [ -f "$APPL_DIR/journal" ] || return 0
  awk -F '\t' '
    $1 == "begin" && NF == 4 && $4 ~ /}$/ { if (!($2 in line)) order[++count] = $2; line[$2] = $0; address[$2] = $3 }
    $1 == "end" && $3 == "done" { at = address[$2]; for (i in address) if (address[i] == at) delete line[i] }
    $1 == "end" { delete line[$2] }
    END { for (i = 1; i <= count; i++) if (order[i] in line) { print line[order[i]]; delete line[order[i]] } }' "$APPL_DIR/journal"
}

# appl_journal_trim: forgets what has ended.
appl_journal_trim() {
  appl_open=$(appl_journal_open)
  if [ -n "$appl_open" ]; then printf '%s\n' "$appl_open" | appl_replace "$APPL_DIR/journal"; else rm -f "$APPL_DIR/journal"; fi
}

# appl_record NAME: the record that came with the operation takes its place.
appl_record() { appl_replace "$APPL_DIR/records/$1.json" <"$APPL_IN/record.json"; }

# appl_record_forget NAME: whatever it says.
appl_record_forget() {
  rm -f "$APPL_DIR/records/$1.json" "$APPL_DIR/records/$1.json.new"
  sync "$APPL_DIR/records"
}

# appl_container_same NAME, appl_microvm_same NAME: gives up unless what is there was made from what came with the operation.
appl_container_same() {
  appl_same_files "$(appl_container_folder "$1")" config leave checks appl/start appl/run appl/config.tar
}
appl_microvm_same() {
  appl_same_files "$(appl_microvm_folder "$1")" arguments quota leave checks appl/machine appl/start appl/run appl/config.tar
}
appl_same_files() {
  appl_same_folder=$1
  shift
  appl_other=''
  for appl_file in "$@"; do
    # To LXC's configuration the host has added where the image is.
    appl_bytes=$(stat -c %s "$APPL_IN/${appl_file##*/}")
    head -c "$appl_bytes" "$appl_same_folder/$appl_file" 2>/dev/null | cmp -s - "$APPL_IN/${appl_file##*/}" ||
      appl_other="$appl_other ${appl_file##*/}"
  done
  [ -z "$appl_other" ] || appl_fail conflict "what is there is not what the source says: its$appl_other differ" \
    "appl repair FILE --set-aside forgets its record, and the next apply makes it anew"
}

# appl_unrecord NAME GENERATION: forgets the record, if it is that of this generation.
appl_unrecord() {
  [ -f "$APPL_DIR/records/$1.json" ] || return 0
  appl_recorded=$(awk 'match($0, /"kind":"[a-z]*","generation":[0-9]+/) { print substr($0, RSTART, RLENGTH); exit }' "$APPL_DIR/records/$1.json")
  [ "${appl_recorded##*:}" = "$2" ] || return 0
  rm -f "$APPL_DIR/records/$1.json" "$APPL_DIR/records/$1.json.new"
  sync "$APPL_DIR/records"
}

# --- Names ---------------------------------------------------------------------------------------------------------------------

# appl_names_set: the names of all appliances; every one sees this folder.
appl_names_set() {
  chmod 755 "$APPL_DIR/names"
  install -m 644 "$APPL_IN/hosts" "$APPL_DIR/names/hosts.new"
  sync "$APPL_DIR/names/hosts.new"
  mv -f "$APPL_DIR/names/hosts.new" "$APPL_DIR/names/hosts"
}

appl_names_remove() { rm -f "$APPL_DIR/names/hosts"; }
