# --- Observing -----------------------------------------------------------------------------------------------------------------

# appl_needs PACKAGE PROBE...: remembers a package that is missing here, because its probe fails.
appl_missing=''
appl_needs() {
  appl_needed=$1
  shift
  "$@" >/dev/null 2>&1 || appl_missing="$appl_missing$appl_needed
"
}

# appl_observe: all that this cluster has here and what a plan must know of the host, as one JSON document. What is
# missing on the host leaves its part empty.
appl_observe() {
  appl_checks_begin
  appl_generations=$(appl_observe_generations)
  appl_observe_checks
  appl_facts="$(appl_observe_host),$(appl_observe_cluster),
\"generations\":[$appl_generations],
\"links\":$(ip -j -d link show 2>/dev/null || printf '[]'),
\"addresses\":$(ip -j -4 addr show 2>/dev/null || printf '[]'),
\"tunnels\":$(appl_tunnels_intact | appl_lines),
\"routes\":$(ip -j -4 route show 2>/dev/null || printf '[]'),
\"tables\":$(nft -j list tables 2>/dev/null || printf '{"nftables":[]}'),
\"sockets\":$(ss -Hltunp 2>/dev/null | awk '{ print $1, $5, $7 }' | appl_lines),
\"callers\":$(ss -Htnp state established 2>/dev/null | awk '/"sshd/ { print $4 }' | appl_lines),
\"others\":[$(appl_observe_others)],
\"images\":$(ls "$APPL_HOME/images/built" 2>/dev/null | appl_lines)"
  wait
  appl_answer "{$appl_facts,\"health\":$(appl_checks_list)}"
}

# appl_lines: each line of standard input as JSON text, in a list.
appl_lines() {
  tr -d '\000-\011\013-\037\177' | sed 's/[\\"]/\\&/g; s/.*/"&"/' | paste -sd, | sed 's/^/[/; s/$/]/' | grep . || printf '[]'
}

appl_observe_host() {
  printf '"now_ms":%s,"cpus":%s,"kernel":"%s",' "$(appl_now)" "$(nproc)" "$(uname -r)"
  awk '$1 == "MemTotal:" { printf "\"memory_bytes\":%.0f,", $2 * 1024 } $1 == "MemAvailable:" { printf "\"memory_free_bytes\":%.0f,", $2 * 1024 }' \
    /proc/meminfo
  printf '"disk_free_bytes":%s,' "$(df -B1 --output=avail "$APPL_HOME" 2>/dev/null | tail -n 1 | grep . || df -B1 --output=avail /var/lib | tail -n 1)"
  printf '"acceleration":"%s",' "$(appl_acceleration)"
  printf '"missing":%s' "$(printf '%s' "$appl_missing" | appl_lines)"
}

appl_observe_cluster() {
  appl_lease_read
  printf '"lease":%s,"journal":%s,"records":[%s],' "$(printf '%s' "$appl_lease" | appl_lines)" \
    "$(appl_journal_open | cut -f 4 | appl_lines)" "$(appl_records "$APPL_DIR"/records/*.json)"
  appl_intact=false
  [ ! -f "$APPL_DIR/firewall.rules" ] || [ "$(cat "$APPL_DIR/firewall.rules")" != "$(appl_rules_look)" ] || appl_intact=true
  printf '"rules_intact":%s,"names":%s' $appl_intact "$(sha256sum 2>/dev/null <"$APPL_DIR/names/hosts" | cut -c 1-64 | appl_lines)"
}

# appl_observe_generations: every generation of every appliance that has a folder here.
appl_observe_generations() {
  appl_comma=''
  for appl_folder in "$APPL_DIR"/containers/* "$APPL_DIR"/microvms/*; do
    [ -d "$appl_folder" ] || continue
    appl_name=${appl_folder##*/}
    appl_address='[]' appl_running=false appl_pid_started=null appl_joined=false
    # An attempt that was interrupted very early has not said its address yet; its name is enough to remove it.
    [ ! -s "$appl_folder/address" ] || appl_address=$(appl_lines <"$appl_folder/address")
    [ ! -f "$appl_folder/joined" ] || appl_joined=true
    if appl_process_of "$appl_folder"; then appl_running=true; else appl_pid_started=null; fi
    printf '%s{"name":"%s","address":%s,"running":%s,"started_ms":%s,"joined":%s}' "$appl_comma" "$appl_name" "$appl_address" \
      $appl_running "$appl_pid_started" $appl_joined
    appl_comma=,
  done
}

# appl_observe_checks: begins the checks of all that run and have joined.
appl_observe_checks() {
  for appl_folder in "$APPL_DIR"/containers/* "$APPL_DIR"/microvms/*; do
    [ -f "$appl_folder/checks" ] && [ -f "$appl_folder/joined" ] && appl_process_of "$appl_folder" || continue
    . "$appl_folder/checks"
  done
}

# appl_observe_others: the records of other clusters that say what they occupy.
appl_observe_others() {
  set --
  for appl_file in "$APPL_HOME"/*/records/network.*.json "$APPL_HOME"/*/records/firewall.*.json "$APPL_HOME"/*/records/publish.*.json; do
    case $appl_file in "$APPL_DIR"/*) ;; *) set -- "$@" "$appl_file" ;; esac
  done
  appl_records "$@"
}

# appl_records FILE...: each with its name and its content as text: one that is damaged, empty or gone in this moment must not spoil the
# whole answer.
appl_records() {
  [ $# -gt 0 ] || return 0
  appl_recorded=$(
    grep -aHZ '' "$@" 2>/dev/null | tr '\000' '\t' | awk '
      {
        at = index($0, "\t"); name = substr($0, 1, at - 1); line = substr($0, at + 1)
        if (name != last) { printf "%s,[\"%s\",\"", end, name; end = "\"]"; last = name }
        gsub(/[\\"]/, "\\\\&", line); gsub(/[\001-\037]/, " ", line); printf "%s", line
      }
      END { printf "%s", end }'
    for appl_file in "$@"; do
      [ ! -e "$appl_file" ] || [ -s "$appl_file" ] || printf ',["%s",""]' "$appl_file"
    done
  )
  printf '%s' "${appl_recorded#,}"
}
