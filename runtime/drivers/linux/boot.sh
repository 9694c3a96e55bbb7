# --- After a reboot ------------------------------------------------------------------------------------------------------------
# A host that was switched off has all its files, and no links, rules and processes. What set them is in the cluster's folder: `kept`, an
# archive for each network, filter and published port, with its `calls` and the files that they read; and the folders of appliances. It
# is done again without a controller and without a lease, one piece at a time and never beside an operation; what is there is let alone.

# appl_keep NAME: what came with an operation is kept, whole or not at all.
appl_keep() {
  mkdir -p "$APPL_DIR/kept"
  tar -c -C "$APPL_IN" --exclude=./record.json . | appl_replace "$APPL_DIR/kept/$1.tar"
}

# appl_unkeep NAME
appl_unkeep() {
  [ -f "$APPL_DIR/kept/$1.tar" ] || return 0
  rm -f "$APPL_DIR/kept/$1.tar"
  sync "$APPL_DIR/kept"
}

# appl_rebooted: what is remembered of processes is of another boot, where their numbers meant something else: it is forgotten,
# once; and what was armed is gone, with the rules and links that it made.
appl_rebooted() {
  appl_this_boot=$(appl_boot)
  appl_last_boot=$(cat "$APPL_DIR/booted" 2>/dev/null || printf '%s' "$appl_this_boot")
  if [ "$appl_last_boot" != "$appl_this_boot" ]; then
    rm -f "$APPL_DIR"/containers/*/process "$APPL_DIR"/containers/*/supervisor "$APPL_DIR"/microvms/*/process \
      "$APPL_DIR"/microvms/*/supervisor "$APPL_DIR"/microvms/*/qemu.pid
    rm -rf "$APPL_DIR/armed"
  fi
  [ -f "$APPL_DIR/booted" ] && [ "$appl_last_boot" = "$appl_this_boot" ] || printf '%s\n' "$appl_this_boot" | appl_replace "$APPL_DIR/booted"
}

# appl_return_all: brings back all that this host shall run, cluster by cluster. One at a time does this.
appl_return_all() {
  command exec 8>>"$APPL_HOME/.program/boot.lock"
  flock -n 8 || { appl_say "another is bringing the clusters of this host back"; return 0; }
  appl_return_failed=0
  for appl_lock_file in "$APPL_HOME"/*/lease.lock; do
    [ -f "$appl_lock_file" ] || continue
    appl_lock_file=${appl_lock_file%/lease.lock}
    appl_return_piece "${appl_lock_file##*/}" appl_return_cluster || appl_return_failed=1
  done
  return $appl_return_failed
}

# appl_return_piece CLUSTER CALL...: in a shell of its own, so that what fails there ends nothing else.
appl_return_piece() {
  appl_piece_cluster=$1
  shift
  APPL_PROGRAM=$APPL_PROGRAM sh -c '. "$APPL_PROGRAM"
    appl_fail() { appl_say "$APPL_NAME: $2"; exit 1; }
    appl_cluster "$1"
    shift
    "$@"' appl-return "$appl_piece_cluster" "$@" </dev/null
}

# appl_return_alone: until this shell ends, no operation is under way.
appl_return_alone() {
  appl_lock x 600 || appl_fail lease-held "an operation is still running here, so that nothing is brought back"
}

# appl_return_cluster: rules first, so that nothing is ever open; then networks, published ports and appliances.
appl_return_cluster() {
  appl_lease_read
  # Whoever destroyed it when the host went down has not ended: what is down already must not come back.
  case $appl_lease in *'"operation":"destroy"'*) appl_say "$APPL_NAME is being destroyed"; return 0 ;; esac
  appl_return_piece "$APPL_NAME" appl_return_begin
  appl_returned=0
  for appl_kept in "$APPL_DIR"/kept/firewall.*.tar "$APPL_DIR"/kept/network.*.tar "$APPL_DIR"/kept/publish.*.tar; do
    [ ! -f "$appl_kept" ] || appl_return_piece "$APPL_NAME" appl_return_kept "$appl_kept" || appl_returned=1
  done
  appl_return_appliances || appl_returned=1
  return $appl_returned
}

appl_return_begin() {
  appl_return_alone
  appl_rebooted
}

# appl_return_kept ARCHIVE: does again what is kept, unless it is there.
appl_return_kept() {
  appl_return_alone
  [ -f "$1" ] || return 0
  APPL_IN=$(mktemp -d)
  trap 'rm -rf "$APPL_IN"' EXIT
  tar -x --no-same-owner -C "$APPL_IN" -f "$1"
  # In a shell of its own: what is read in does not know that its failure is expected here.
  if [ -f "$APPL_IN/there" ] && ( . "$APPL_IN/there" ) >/dev/null 2>&1; then return 0; fi
  . "$APPL_IN/calls"
  appl_kept_name=${1##*/}
  # What is done again whatever is there may have been there.
  [ ! -f "$APPL_IN/there" ] || appl_say "$APPL_NAME: ${appl_kept_name%.tar} is back"
}

# appl_return_appliances: each after those that it came after when it was made; those that wait for each other in no order.
appl_return_appliances() {
  appl_waiting=''
  for appl_folder in "$APPL_DIR"/containers/* "$APPL_DIR"/microvms/*; do
    ! appl_returns "$appl_folder" || appl_waiting="$appl_waiting $appl_folder"
  done
  appl_not_back=0
  while [ -n "$appl_waiting" ]; do
    appl_turn=''
    for appl_one in $appl_waiting; do appl_return_waits "$appl_one" || appl_turn="$appl_turn $appl_one"; done
    [ -n "$appl_turn" ] || appl_turn=$appl_waiting
    for appl_one in $appl_turn; do appl_return_piece "$APPL_NAME" appl_return_appliance "$appl_one" || appl_not_back=1; done
    appl_rest=''
    for appl_one in $appl_waiting; do
      case "$appl_turn " in *" $appl_one "*) ;; *) appl_rest="$appl_rest $appl_one" ;; esac
    done
    appl_waiting=$appl_rest
  done
  return $appl_not_back
}

# appl_returns FOLDER: this generation is in its networks, has a record, and is not being removed or kept down.
appl_returns() {
  [ -f "$1/joined" ] && [ ! -f "$1/stopped" ] || return 1
  appl_generation=${1##*/}
  [ -f "$APPL_DIR/records/appliance.${appl_generation%.*}.json" ] || return 1
  ! appl_journal_open | grep -qF "\"address\":$(cat "$1/address"),\"generation\":${appl_generation##*.},\"verb\":\"remove\""
}

# appl_return_waits FOLDER: one that it comes after has not had its turn.
appl_return_waits() {
  [ -f "$1/after" ] || return 1
  while read -r appl_before; do
    case "$appl_waiting " in *"/$appl_before."[0-9]*) ;; *) continue ;; esac
    for appl_other in $appl_waiting; do
      [ "$appl_other" = "$1" ] || case ${appl_other##*/} in "$appl_before."*[!0-9]*) ;; "$appl_before."*) return 0 ;; esac
    done
  done <"$1/after"
  return 1
}

# appl_return_appliance FOLDER: starts it when it is down, and whoever starts it again when nobody does. One that lives long is never touched.
appl_return_appliance() {
  appl_return_alone
  appl_returns "$1" || return 0
  ! appl_supervised "$1" || return 0
  rm -f "$1/supervisor"
  appl_generation=${1##*/}
  case $1 in */containers/*) appl_form=container ;; *) appl_form=microvm ;; esac
  if "appl_${appl_form}_process" "$appl_generation"; then
    [ ! -f "$1/always" ] || "appl_${appl_form}_supervise" "$appl_generation"
    return 0
  fi
  "appl_${appl_form}_start" "$appl_generation"
  appl_say "$APPL_NAME: $appl_generation is back"
}

# appl_supervised FOLDER: somebody lives who starts it again.
appl_supervised() {
  read -r appl_pid appl_pid_ticks 2>/dev/null <"$1/supervisor" || return 1
  [ "$(appl_ticks "$appl_pid")" = "$appl_pid_ticks" ]
}

# --- What calls it ---------------------------------------------------------------------------------------------------------------

APPL_UNIT=/etc/systemd/system/appl.service
APPL_INIT=/etc/init.d/appl
APPL_CRON=/etc/cron.d/appl

# appl_boot_install: from now on, this host brings its clusters back when it boots. Where that cannot be arranged, it is said.
appl_boot_install() {
  appl_boot_text | cmp -s - "$APPL_HOME/.program/boot" || appl_boot_text | appl_replace "$APPL_HOME/.program/boot"
  [ "$APPL_HOME" = /var/lib/appl ] || return 0
  [ -f "$APPL_UNIT" ] || [ -f "$APPL_INIT" ] || [ -f "$APPL_CRON" ] || ( appl_boot_hook ) ||
    appl_say "nothing brings the clusters of this host back after a reboot: let its init run sh $APPL_HOME/.program/boot"
}

appl_boot_text() {
  cat <<EOT
#!/bin/sh
# Put here by appl: brings back the clusters that this host runs, what is down of them. It is harmless at any time.
APPL_PROGRAM=$APPL_PROGRAM
. "\$APPL_PROGRAM"
appl_return_all
EOT
}

appl_boot_hook() {
  if [ -d /run/systemd/system ]; then
    appl_boot_unit | appl_replace "$APPL_UNIT" && chmod 644 "$APPL_UNIT" && systemctl daemon-reload && systemctl enable --quiet appl.service
  elif command -v update-rc.d >/dev/null; then
    appl_boot_init | appl_replace "$APPL_INIT" && chmod 755 "$APPL_INIT" && update-rc.d appl defaults >/dev/null
  elif [ -d /etc/cron.d ]; then
    printf '@reboot root sh %s/.program/boot\n' "$APPL_HOME" | appl_replace "$APPL_CRON" && chmod 644 "$APPL_CRON"
  else
    return 1
  fi
}

# appl_boot_unit: systemd's (systemd.service(5)). What flushes all rules at its start comes before; what was started stays when it is stopped.
appl_boot_unit() {
  cat <<EOT
[Unit]
Description=The clusters that appl runs on this host
Wants=network-online.target
After=local-fs.target network-online.target nftables.service firewalld.service
RequiresMountsFor=$APPL_HOME

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/sh $APPL_HOME/.program/boot
KillMode=process
Delegate=yes
TimeoutStartSec=infinity

[Install]
WantedBy=multi-user.target
EOT
}

# appl_boot_init: that of other inits that know /etc/init.d.
appl_boot_init() {
  cat <<EOT
#!/bin/sh
### BEGIN INIT INFO
# Provides:          appl
# Required-Start:    \$remote_fs \$network
# Required-Stop:
# Should-Start:      cgroupfs-mount nftables
# Default-Start:     2 3 4 5
# Default-Stop:
# Short-Description: the clusters that appl runs on this host
### END INIT INFO
case "\${1:-}" in start | restart | force-reload) sh $APPL_HOME/.program/boot >/var/log/appl-boot.log 2>&1 ;; esac
EOT
}

# appl_boot_uninstall: the last cluster of this host goes.
appl_boot_uninstall() {
  [ "$APPL_HOME" = /var/lib/appl ] || return 0
  if [ -f "$APPL_UNIT" ]; then
    [ ! -d /run/systemd/system ] || systemctl disable --quiet appl.service || :
    rm -f "$APPL_UNIT" /etc/systemd/system/multi-user.target.wants/appl.service
    [ ! -d /run/systemd/system ] || systemctl daemon-reload || :
  fi
  if [ -f "$APPL_INIT" ]; then
    rm -f "$APPL_INIT" /var/log/appl-boot.log
    ! command -v update-rc.d >/dev/null || update-rc.d -f appl remove >/dev/null || :
  fi
  rm -f "$APPL_CRON"
}
