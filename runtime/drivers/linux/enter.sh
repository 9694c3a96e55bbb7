# --- Entering appliances -------------------------------------------------------------------------------------------------------
# What people do in an appliance: commands, shells, its log. Nothing here needs the lease or changes what the cluster is. What is entered
# talks to the caller's own streams: descriptor 3 is the standard output that the program began with.

# appl_generation_of NAME: the folder of the generation that has its networks, else of the newest.
appl_generation_of() {
  appl_best='' appl_best_number=-1
  for appl_one in "$APPL_DIR/containers/$1".* "$APPL_DIR/microvms/$1".*; do
    appl_number=${appl_one##*/"$1".}
    case $appl_number in '' | *[!0-9]*) continue ;; esac
    [ -f "$appl_one/address" ] || continue
    # A generation that is only being checked counts less than any that has its networks.
    [ ! -f "$appl_one/joined" ] || appl_number=$((appl_number + 1000000000))
    [ "$appl_number" -gt "$appl_best_number" ] || continue
    appl_best=$appl_one appl_best_number=$appl_number
  done
  [ -n "$appl_best" ]
}

# appl_enterable NAME command|log plain|terminal: answers with the generation to enter, or why there is none.
appl_enterable() {
  appl_generation_of "$1" || appl_fail operation-failed "the appliance is not on this host" "appl status says what is there, appl apply makes it"
  if [ "$2" = command ] && ! appl_process_of "$appl_best"; then
    appl_fail operation-failed "the appliance is not running" "appl logs may say why, appl apply starts it again"
  fi
  case $2/$3/$appl_best in
    command/terminal/"$APPL_DIR/microvms/"*)
      appl_fail operation-failed "a microVM has no terminals to enter" "give a command, with --no-tty: appl exec FILE APPLIANCE --no-tty -- COMMAND" ;;
  esac
  appl_answer "{\"generation\":$(printf '%s' "${appl_best##*/}" | appl_text)}"
}

# appl_enter_command NAME TERMINAL WORD...: becomes the command inside, with the appliance's environment.
appl_enter_command() {
  appl_inside=$1 appl_term=$2
  shift 2
  if [ -d "$(appl_microvm_folder "$appl_inside")" ]; then appl_microvm_enter "$appl_inside" "$@"; return; fi
  if [ -n "$appl_term" ]; then
    set -- -v "TERM=$appl_term" -- /appl/run "$@"
  else
    set -- -- /appl/run "$@"
  fi
  exec lxc-attach -P "$APPL_DIR/containers" -n "$appl_inside" --clear-env "$@" >&3 3>&- 5<&- 9>&-
}

# appl_enter_log NAME LINES once|follow: the end of the console's log. Who follows is let go when the caller's streams close: nothing else
# tells that a connection was cut while nothing is written.
appl_enter_log() {
  appl_log=$(appl_container_folder "$1")
  [ -d "$appl_log" ] || appl_log=$(appl_microvm_folder "$1")
  appl_log=$appl_log/console.log
  appl_have=$(wc -l 2>/dev/null <"$appl_log" || echo 0)
  if [ "$appl_have" -lt "$2" ] && [ -f "$appl_log.1" ]; then tail -n $(($2 - appl_have)) "$appl_log.1" >&3; fi
  if [ "$3" = once ]; then
    [ ! -f "$appl_log" ] || tail -n "$2" "$appl_log" >&3
    return
  fi
  tail -n "$2" -F "$appl_log" >&3 2>/dev/null 3>&- </dev/null &
  appl_tail=$!
  cat >/dev/null
  kill "$appl_tail" 2>/dev/null || :
}

# appl_microvm_enter NAME WORD...: a command inside. Its input comes whole before it begins, and its output when it ends: the agent
# answers one request at a time, with a little text, so that the output is fetched in pieces.
appl_microvm_enter() {
  appl_entered=$1
  shift
  appl_here=$(mktemp -d "$APPL_DIR/enter.XXXXXX")
  trap 'rm -rf "$appl_here"; printf "rm -rf /root/run/%s.*" "$appl_run" | appl_microvm_send "$appl_entered" 10 run >/dev/null 2>&1 || :' EXIT
  appl_run=${appl_here##*/}
  cat >"$appl_here/input"
  mkdir "$appl_here/root" "$appl_here/root/run"
  split -b 524288 -a 6 "$appl_here/input" "$appl_here/part."
  for appl_part in "$appl_here"/part.*; do
    [ -f "$appl_part" ] || continue
    mv "$appl_part" "$appl_here/root/run/$appl_run.part"
    tar -c -C "$appl_here/root" "run/$appl_run.part" | appl_microvm_send "$appl_entered" 30 unpack || exit 125
    printf 'cd /root/run && cat %s.part >>%s.in && rm %s.part' "$appl_run" "$appl_run" "$appl_run" |
      appl_microvm_send "$appl_entered" 30 run || exit 125
  done
  {
    printf 'cd /; touch /run/%s.in; /appl/run ' "$appl_run"
    appl_words "$@"
    printf '</run/%s.in >/run/%s.out 2>/run/%s.err' "$appl_run" "$appl_run" "$appl_run"
  } >"$appl_here/script"
  appl_code=0
  appl_microvm_ask "$appl_entered" 3600 exec "$appl_here/script" >"$appl_here/said" || appl_code=$?
  [ "$appl_code" -ne 125 ] || { cat "$appl_here/said" >&2; exit 125; }
  appl_microvm_fetch "$appl_entered" "/root/run/$appl_run.out" >&3
  appl_microvm_fetch "$appl_entered" "/root/run/$appl_run.err" >&2
  exit "$appl_code"
}

# appl_microvm_fetch NAME FILE: the content of a file inside, in pieces that an answer can hold.
appl_microvm_fetch() {
  appl_piece=0
  while :; do
    printf 'dd if=%s bs=2900 skip=%s count=1 2>/dev/null | base64 -w 0' "$2" "$appl_piece" |
      appl_microvm_send "$1" 30 run >"$appl_here/piece" || exit 125
    base64 -d <"$appl_here/piece" >"$appl_here/bytes" || exit 125
    cat "$appl_here/bytes"
    [ "$(stat -c %s "$appl_here/bytes")" -eq 2900 ] || return 0
    appl_piece=$((appl_piece + 1))
  done
}
