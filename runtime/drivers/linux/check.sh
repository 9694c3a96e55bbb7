# --- Checks --------------------------------------------------------------------------------------------------------------------

# appl_checks_begin: checks that follow run all at once.
appl_checks_begin() {
  appl_checks=$(mktemp -d)
  trap 'rm -rf "$appl_checks"' EXIT
  # Without this a shell whose reader was killed ends at once, and leaves that folder behind.
  trap 'exit 1' PIPE HUP TERM
  appl_check_count=0
  appl_check_inside=''
}

# appl_checks_from_inside NAME: a staged generation is checked in its own network, which nobody else sees yet.
appl_checks_from_inside() {
  if appl_microvm_process "$1"; then appl_check_inside=microvm
  elif appl_container_process "$1"; then appl_check_inside="nsenter -t $appl_pid -n --"; fi
}

# appl_appliance_run NAME SECONDS COMMAND...: a program inside, whatever its form.
appl_appliance_run() {
  if [ -d "$(appl_microvm_folder "$1")" ]; then appl_microvm_run "$@"; else appl_container_run "$@"; fi
}

# appl_check ADDRESS_JSON CHECK_JSON SECONDS NAME PROBE...: one check, in the background.
appl_check() {
  appl_check_count=$((appl_check_count + 1))
  appl_check_one "$@" >"$appl_checks/$appl_check_count" 2>/dev/null </dev/null 3>&- 9>&- &
}

appl_check_one() {
  appl_check_object=$1 appl_check_name=$2
  shift 2
  # A program inside may print without end: the last words, of which the very last is ours, are all that is kept.
  appl_detail=$({ if appl_check_probe "$@"; then printf ' passed'; else printf ' failed'; fi; } 2>&1 | tail -c 400)
  case $appl_detail in
    *' passed') appl_passed=true ;;
    *) appl_passed=false ;;
  esac
  appl_detail=${appl_detail% *}
  [ $appl_passed = true ] || appl_check_ended "$2" || appl_detail="its first process has ended; the last that it printed: $appl_last"
  printf '{"object":%s,"check":%s,"passed":%s,"detail":%s}\n' "$appl_check_object" "$appl_check_name" $appl_passed \
    "$(printf '%s' "$appl_detail" | tail -c 400 | appl_text)"
}

# appl_check_ended NAME: fails when nothing lives that could answer, with what it said before.
appl_check_ended() {
  for appl_folder in "$(appl_container_folder "$1")" "$(appl_microvm_folder "$1")"; do
    [ -d "$appl_folder" ] && ! appl_process_of "$appl_folder" || continue
    appl_last=$(tail -n 3 "$appl_folder/console.log" 2>/dev/null || :)
    return 1
  done
}

# appl_check_probe SECONDS NAME http-get ADDRESS PORT PATH STATUS | tcp-open ADDRESS PORT | exec COMMAND...
appl_check_probe() {
  appl_seconds=$1 appl_container=$2 appl_probe=$3
  if [ "$appl_check_inside" = microvm ] && [ "$appl_probe" != exec ]; then
    shift 2
    appl_microvm_probe "$appl_container" "$appl_seconds" "$@"
    return
  fi
  shift 3
  case $appl_probe in
    http-get)
      appl_status=$($appl_check_inside curl -g -s -S -o /dev/null -m "$appl_seconds" --noproxy '*' -w '%{http_code}' \
        "http://$1:$2$3") || return 1
      printf 'answered %s' "$appl_status"
      [ "$appl_status" = "$4" ] || { printf ', not %s' "$4"; return 1; }
      ;;
    tcp-open)
      $appl_check_inside timeout "$appl_seconds" bash -c 'exec 2>/dev/null 4<>"/dev/tcp/$0/$1"' "$1" "$2" || {
        printf 'nothing answers on %s:%s' "$1" "$2"
        return 1
      }
      ;;
    exec)
      appl_status=0
      appl_mark=''
      appl_appliance_run "$appl_container" "$appl_seconds" "$@" || appl_status=$?
      [ -z "$appl_mark" ] || appl_container_end "$appl_mark"
      case $appl_status in
        0) ;;
        124 | 137) printf 'no end within %s s' "$appl_seconds"; return 1 ;;
        *) printf ' (exit code %s)' "$appl_status"; return 1 ;;
      esac
      ;;
  esac
}

# appl_checks_list: the answers of all that have ended, as a JSON list.
appl_checks_list() {
  printf '['
  appl_comma=''
  appl_number=0
  while [ $appl_number -lt $appl_check_count ]; do
    appl_number=$((appl_number + 1))
    [ -s "$appl_checks/$appl_number" ] || continue
    printf '%s' "$appl_comma"
    cat "$appl_checks/$appl_number"
    appl_comma=,
  done
  printf ']'
}

# appl_checks_answer: waits for all, and answers with the list.
appl_checks_answer() {
  wait
  appl_answer "$(appl_checks_list)"
}
