# --- Changes that may cut our own connection -------------------------------------------------------------------------------------
# An operation on links or rules of a host that is reached over them is armed: unless it is confirmed in time, over a connection that was opened
# after it, this host does again what was kept before. `armed/NAME` holds what confirming takes: `operation`, the `record.json` and
# `kept.tar` to be, neither when it is removed; and the way back: `before.tar`, or `back` when nothing was there before. `whole` says that all was done.

# appl_arm NAME SECONDS set|remove GENERATION: before the first change of the operation that is under way.
appl_arm() {
  [ ! -d "$APPL_DIR/armed/$1" ] || appl_revert "$1"
  appl_armed=$APPL_DIR/armed/.$1.new
  rm -rf "$appl_armed"
  mkdir -p "$appl_armed"
  printf '%s' "$appl_operation" >"$appl_armed/operation"
  printf '%s' "$4" >"$appl_armed/generation"
  cp "$APPL_IN/back" "$appl_armed/back"
  if [ "$3" = set ]; then
    cp "$APPL_IN/record.json" "$appl_armed/record.json"
    tar -c -C "$APPL_IN" --exclude=./record.json --exclude=./back -f "$appl_armed/kept.tar" .
  fi
  [ ! -f "$APPL_DIR/kept/$1.tar" ] || cp "$APPL_DIR/kept/$1.tar" "$appl_armed/before.tar"
  sync "$appl_armed"/* "$appl_armed"
  mv "$appl_armed" "$APPL_DIR/armed/$1"
  APPL_PROGRAM=$APPL_PROGRAM appl_daemon setsid -f sh -c '. "$APPL_PROGRAM"
    appl_cluster "$1"
    appl_left=$3
    while [ "$(cat "$APPL_DIR/armed/$2/operation" 2>/dev/null)" = "$4" ]; do
      [ "$appl_left" -gt 0 ] || break
      appl_left=$((appl_left - 1))
      sleep 1
    done
    [ "$appl_left" -eq 0 ] || exit 0
    appl_lock s 10 || :
    appl_revert "$2"' appl-revert "$APPL_NAME" "$1" "$2" "$appl_operation" >/dev/null 2>&1
}

# appl_armed NAME: all was done; what it is worth is seen when it is confirmed.
appl_armed() {
  : >"$APPL_DIR/armed/$1/whole"
  appl_succeeded=armed
  appl_answer '{"armed":true}'
}

# appl_revert NAME: takes back what was not confirmed. Whoever moves its folder away first decides what becomes of it.
appl_revert() {
  appl_reverted=$APPL_DIR/armed/.$1.back
  mv -T "$APPL_DIR/armed/$1" "$appl_reverted" 2>/dev/null || return 0
  if [ -f "$appl_reverted/before.tar" ]; then
    mkdir -p "$appl_reverted/in"
    tar -x --no-same-owner -C "$appl_reverted/in" -f "$appl_reverted/before.tar"
    ( APPL_IN=$appl_reverted/in; . "$APPL_IN/calls" )
  else
    ( . "$appl_reverted/back" )
  fi
  appl_journal_add "end	$(cat "$appl_reverted/operation")	undone"
  rm -rf "$appl_reverted"
}

# appl_revert_all: another holder comes. Nobody confirms any more what is armed, and after a reboot it is what was kept before already.
appl_revert_all() {
  for appl_armed in "$APPL_DIR"/armed/*; do
    [ ! -d "$appl_armed" ] || appl_revert "${appl_armed##*/}"
  done
  rm -rf "$APPL_DIR/armed"
}

# appl_confirm TOKEN OPERATION_JSON NAME: the change stays; or says that it was taken back. Asking again gives the same answer.
appl_confirm() {
  appl_writable
  [ -d "$APPL_DIR" ] && appl_lock s 30 || appl_fail lease-lost "another is taking the lease of $APPL_NAME on this host" "run the command again"
  appl_holds "$1"
  appl_confirmed=$APPL_DIR/armed/.$3.confirmed
  if [ "$(cat "$APPL_DIR/armed/$3/operation" 2>/dev/null)" = "$2" ]; then
    [ -f "$APPL_DIR/armed/$3/whole" ] || appl_revert "$3"
    if mv -T "$APPL_DIR/armed/$3" "$appl_confirmed" 2>/dev/null; then appl_confirm_now "$2" "$3"; exit 0; fi
  fi
  appl_answer "{\"confirmed\":$(appl_was_confirmed "$2")}"
}

appl_confirm_now() {
  if [ -f "$appl_confirmed/record.json" ]; then
    mkdir -p "$APPL_DIR/kept"
    appl_replace "$APPL_DIR/kept/$2.tar" <"$appl_confirmed/kept.tar"
    appl_replace "$APPL_DIR/records/$2.json" <"$appl_confirmed/record.json"
  else
    appl_unkeep "$2"
    appl_unrecord "$2" "$(cat "$appl_confirmed/generation")"
  fi
  appl_journal_add "end	$1	done"
  rm -rf "$appl_confirmed"
  appl_answer '{"confirmed":true}'
}

# appl_was_confirmed OPERATION_JSON: `true` when an operation that is armed no more has come to its end.
appl_was_confirmed() {
  APPL_OPERATION=$1 awk -F '\t' '
    $1 == "end" && $2 == ENVIRON["APPL_OPERATION"] { end = $3 }
    END { print end == "done" ? "true" : "false" }' "$APPL_DIR/journal"
}
