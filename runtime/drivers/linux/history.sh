# --- History -------------------------------------------------------------------------------------------------------------------
# A line of `history` is `begin` and the lease that was taken, or `end`, the token of that lease, the time, and what came of the run. It is for
# people: that it cannot be written keeps nobody from working.

appl_history_add() { printf '\n%s\n' "$1" >>"$APPL_DIR/history" || :; }

# appl_history_begin: the lease was taken. Of the runs before, the latest 200 are kept.
appl_history_begin() {
  if [ -f "$APPL_DIR/history" ] && [ "$(wc -l <"$APPL_DIR/history")" -gt 1000 ]; then
    grep '^begin \|^end ' "$APPL_DIR/history" | tail -n 400 | appl_replace "$APPL_DIR/history"
  fi
  appl_history_add "begin $appl_lease"
}

# appl_history LONGEST_MS: the answer is the lines, and whose token holds the lease now.
appl_history() {
  appl_holding=0
  ! appl_lease_held "$1" || appl_holding=$appl_token
  appl_answer "{\"lines\":$(cat "$APPL_DIR/history" 2>/dev/null | appl_lines),\"holding\":$appl_holding}"
}
