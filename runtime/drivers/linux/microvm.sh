# --- MicroVMs ------------------------------------------------------------------------------------------------------------------
# A generation of a microVM lives in $APPL_DIR/microvms/NAME.GENERATION: `arguments` for QEMU, one a line; its `quota` of processors in
# microseconds of 100,000; `links`, its taps; `taps`, `disks`, `join` and `leave`, calls; `always`, when it is started again; `kernel` and `layers` of its image; `appl` (seen inside as /appl: machine, start, run, config.tar, names),
# which `disk.tar` carries to it; `booted`, what it was started with; `checks`, `process`, `console.log`.

appl_microvm_folder() { printf '%s/microvms/%s' "$APPL_DIR" "$1"; }
appl_microvm_process() { appl_process_of "$(appl_microvm_folder "$1")"; }

# appl_microvm_create NAME staged|joined IMAGE: a microVM from what came with the operation, made and started. What an interrupted
# attempt left is removed first.
appl_microvm_create() {
  appl_microvm_remove "$1"
  appl_folder=$(appl_microvm_folder "$1")
  [ -f "$appl_images/built/$3/kernel" ] || appl_fail operation-failed "the image $3 is not on this host" "run the command again"
  mkdir -p "$appl_folder/appl/names"
  chmod 755 "$appl_folder/appl" "$appl_folder/appl/names"
  cp "$APPL_IN/address" "$appl_folder/address"
  appl_microvm_place "$1" "$3"
  [ "$2" = staged ] || : >"$appl_folder/joined"
  appl_microvm_start "$1"
}

# appl_microvm_place NAME IMAGE: puts what came with the operation into its folder, and into the guest when it runs.
appl_microvm_place() {
  appl_folder=$(appl_microvm_folder "$1")
  # A nic that went has a link until the next start, which removes it.
  { cat "$appl_folder/links" 2>/dev/null || :; cat "$APPL_IN/links"; } | sort -u | appl_replace "$appl_folder/links"
  for appl_file in arguments quota taps join leave checks after disks; do appl_replace "$appl_folder/$appl_file" <"$APPL_IN/$appl_file"; done
  for appl_file in machine start run config.tar; do
    appl_replace "$appl_folder/appl/$appl_file" <"$APPL_IN/$appl_file"
    chmod 700 "$appl_folder/appl/$appl_file"
  done
  rm -f "$appl_folder/always"
  [ ! -f "$APPL_IN/always" ] || : >"$appl_folder/always"
  appl_replace "$appl_folder/kernel" <"$appl_images/built/$2/kernel"
  appl_replace "$appl_folder/layers" <"$appl_images/built/$2/squashfs"
  touch "$appl_images/built/$2/used"
  appl_microvm_disk "$1"
  ! appl_microvm_process "$1" || appl_microvm_push "$1"
}

# appl_microvm_disk NAME: the disk that its next start reads: a plain archive of `appl`, with the names as they are now.
appl_microvm_disk() {
  appl_folder=$(appl_microvm_folder "$1")
  if [ -f "$APPL_DIR/names/hosts" ]; then cp "$APPL_DIR/names/hosts" "$appl_folder/appl/names/hosts"
  else echo "127.0.0.1 localhost" >"$appl_folder/appl/names/hosts"; fi
  chmod 644 "$appl_folder/appl/names/hosts"
  tar --create --file "$appl_folder/disk.new" --directory "$appl_folder" --sort=name --format=gnu --owner=0 --group=0 \
    --numeric-owner --mtime=@0 appl
  appl_bytes=$(stat -c %s "$appl_folder/disk.new")
  [ "$appl_bytes" -le 1474560 ] ||
    appl_fail operation-failed "the files of $1 take $appl_bytes bytes, and a microVM's configuration disk holds 1474560" \
      "bring large files with a package of its image"
  # It is a new file: the running guest keeps the disk that it has.
  mv -f "$appl_folder/disk.new" "$appl_folder/disk.tar"
}

# appl_tap LINK ALIAS: the host's end of a nic, joined to nothing.
appl_tap() {
  ip link show dev "$1" >/dev/null 2>&1 || ip tuntap add dev "$1" mode tap
  appl_setting "net/ipv6/conf/$1/disable_ipv6" 1
  ip link set "$1" alias "$2" up
}

# appl_microvm_start NAME
appl_microvm_start() {
  appl_microvm_boot "$1"
  [ ! -f "$(appl_microvm_folder "$1")/always" ] || appl_microvm_supervise "$1"
}

# appl_microvm_boot NAME: its taps, its console's writer, its QEMU.
appl_microvm_boot() {
  appl_folder=$(appl_microvm_folder "$1")
  appl_microvm_disk "$1"
  rm -rf "$appl_folder/booted" "$appl_folder/process" "$appl_folder/qemu.pid" "$appl_folder/agent.in" "$appl_folder/agent.out" \
    "$appl_folder/console"
  mkdir "$appl_folder/booted"
  cp "$appl_folder/arguments" "$appl_folder/appl/machine" "$appl_folder/kernel" "$appl_folder/layers" "$appl_folder/booted/"
  mkfifo "$appl_folder/agent.in" "$appl_folder/agent.out" "$appl_folder/console"
  . "$appl_folder/taps"
  # One that an earlier version placed has none.
  [ ! -f "$appl_folder/disks" ] || . "$appl_folder/disks"
  appl_microvm_log "$appl_folder"
  read -r appl_kernel <"$appl_folder/kernel"
  appl_accelerated=$(appl_acceleration_probe "$appl_kernel")
  # 32 MiB of translated code start as fast as QEMU's own measure, which takes some 100 MB more of the host over time.
  if [ "$appl_accelerated" = kvm ]; then set -- "$1" -accel kvm -cpu host; else set -- "$1" -accel tcg,tb-size=32 -cpu max; fi
  set -- "$@" -kernel "$appl_kernel/kernel" -initrd "$appl_kernel/initramfs"
  while IFS= read -r appl_line; do set -- "$@" "$appl_line"; done <"$appl_folder/arguments"
  appl_number=0
  while read -r appl_line; do
    set -- "$@" -drive "if=none,id=layer$appl_number,file=$appl_line,format=raw,readonly=on,file.locking=off" \
      -device "virtio-blk-pci,drive=layer$appl_number"
    appl_number=$((appl_number + 1))
  done <"$appl_folder/layers"
  appl_name=$1
  shift
  if ! appl_daemon timeout 30 qemu-system-x86_64 "$@" -daemonize -pidfile "$appl_folder/qemu.pid" >"$appl_folder/qemu.log" 2>&1; then
    tail -n 20 "$appl_folder/qemu.log"
    appl_microvm_log_end "$appl_folder"
    appl_fail operation-failed "the microVM $appl_name does not start"
  fi
  read -r appl_pid <"$appl_folder/qemu.pid"
  appl_microvm_confine "$appl_name" "$appl_pid"
  printf '%s %s %s\n' "$appl_pid" "$(appl_ticks "$appl_pid")" "$(appl_now)" | appl_replace "$appl_folder/process"
  [ ! -f "$appl_folder/joined" ] || . "$appl_folder/join"
}

# appl_microvm_confine NAME PID: QEMU gets the share of processors that the appliance has, where control groups can say so.
appl_microvm_confine() {
  read -r appl_quota_us <"$(appl_microvm_folder "$1")/quota"
  if [ -f /sys/fs/cgroup/cgroup.controllers ]; then
    appl_group=/sys/fs/cgroup
    for appl_part in appl "$APPL_NAME" "$1"; do
      echo +cpu >"$appl_group/cgroup.subtree_control"
      appl_group=$appl_group/$appl_part
      mkdir -p "$appl_group"
    done
    echo "$appl_quota_us 100000" >"$appl_group/cpu.max" && echo "$2" >"$appl_group/cgroup.procs"
  else
    appl_group=/sys/fs/cgroup/cpu/appl/$APPL_NAME/$1
    mkdir -p "$appl_group" && echo "$appl_quota_us" >"$appl_group/cpu.cfs_quota_us" && echo "$2" >"$appl_group/cgroup.procs"
  fi 2>/dev/null || appl_say "the processors of $1 are not limited: this host has no control group for them"
}

# appl_microvm_unconfine NAME
appl_microvm_unconfine() {
  for appl_group in "/sys/fs/cgroup/appl/$APPL_NAME" "/sys/fs/cgroup/cpu/appl/$APPL_NAME"; do
    # A group may be busy for a moment after its last process has ended.
    [ ! -d "$appl_group/$1" ] || rmdir "$appl_group/$1" 2>/dev/null || { sleep 0.2; rmdir "$appl_group/$1" 2>/dev/null; } || :
    [ ! -d "$appl_group" ] || rmdir "$appl_group" "${appl_group%/*}" 2>/dev/null || :
  done
}

# appl_microvm_supervise NAME: starts it again whenever QEMU ends, later and later. What runs inside is the guest's own affair.
appl_microvm_supervise() {
  APPL_PROGRAM=$APPL_PROGRAM appl_daemon setsid -f sh -c '. "$APPL_PROGRAM"; appl_cluster "$1"; appl_microvm_guard "$2"' appl-guard \
    "$APPL_NAME" "$1" >/dev/null 2>&1
}

appl_microvm_guard() {
  appl_guarded=$(appl_microvm_folder "$1")
  printf '%s %s\n' $$ "$(appl_ticks $$)" >"$appl_guarded/supervisor"
  appl_pause=1
  while [ -f "$appl_guarded/supervisor" ]; do
    sleep $appl_pause
    if appl_microvm_pid "$1"; then appl_pause=1; continue; fi
    [ -f "$appl_guarded/supervisor" ] || break
    appl_pause=$((appl_pause < 30 ? appl_pause * 2 : 30))
    ( appl_microvm_boot "$1" ) || :
  done
}

# appl_microvm_log FOLDER: writes the console down, a mebibyte and the one before it at most, until QEMU ends.
appl_microvm_log() {
  appl_daemon setsid -f sh -c 'cd "$1" && exec 4<console && while [ -s console.log ] || [ ! -e console.log ]; do
    head -c 1048576 <&4 >>console.log
    [ "$(stat -c %s console.log)" -ge 1048576 ] || break
    mv -f console.log console.log.1
  done' appl-console "$1" >/dev/null 2>&1
}

# appl_microvm_log_end FOLDER: lets the one who writes the console down go, if he still waits for QEMU to open it.
appl_microvm_log_end() { [ ! -p "$1/console" ] || : 1<>"$1/console"; }

# appl_microvm_pid NAME: its QEMU, also one whose start was cut off before it was written down.
appl_microvm_pid() {
  appl_folder=$(appl_microvm_folder "$1")
  read -r appl_pid 2>/dev/null <"$appl_folder/qemu.pid" || return 1
  tr '\0' '\n' <"/proc/$appl_pid/cmdline" 2>/dev/null | grep -qxF "$appl_folder/qemu.pid" && [ -n "$(appl_ticks "$appl_pid")" ]
}

# appl_microvm_wait NAME SECONDS: until its QEMU has ended.
appl_microvm_wait() {
  appl_tries=$(($2 * 10))
  while appl_microvm_pid "$1"; do
    [ $appl_tries -gt 0 ] || return 1
    appl_tries=$((appl_tries - 1))
    sleep 0.1
  done
}

# appl_microvm_stop NAME: asks the guest to switch off, waits, and ends QEMU.
appl_microvm_stop() {
  appl_folder=$(appl_microvm_folder "$1")
  [ -d "$appl_folder" ] || return 0
  if [ -f "$appl_folder/supervisor" ]; then
    read -r appl_pid appl_pid_ticks <"$appl_folder/supervisor" || :
    rm -f "$appl_folder/supervisor"
    [ "$(appl_ticks "$appl_pid")" != "$appl_pid_ticks" ] || kill -- "-$appl_pid" 2>/dev/null || :
  fi
  if appl_microvm_pid "$1"; then
    appl_microvm_ask "$1" 2 poweroff >/dev/null 2>&1 && appl_microvm_wait "$1" 10 || :
  fi
  for appl_signal in TERM KILL; do
    appl_microvm_pid "$1" || break
    kill "-$appl_signal" "$appl_pid" 2>/dev/null || :
    appl_microvm_wait "$1" 5 || :
  done
  appl_microvm_log_end "$appl_folder"
  while read -r appl_link; do appl_link_remove "$appl_link"; done 2>/dev/null <"$appl_folder/links" || :
  appl_microvm_unconfine "$1"
  rm -f "$appl_folder/process" "$appl_folder/qemu.pid" "$appl_folder"/request.*
}

# appl_microvm_halt NAME: takes it off its networks and ends it, until somebody says `restart`: also after a boot it stays as it is.
appl_microvm_halt() {
  appl_folder=$(appl_microvm_folder "$1")
  [ -f "$appl_folder/arguments" ] || appl_fail operation-failed "the microVM $1 is not on this host" "run the command again"
  : >"$appl_folder/stopped"
  sync "$appl_folder"
  [ ! -f "$appl_folder/leave" ] || . "$appl_folder/leave"
  appl_microvm_stop "$1"
}

# appl_microvm_restart NAME: what it runs, or all of it when its machine has changed.
appl_microvm_restart() {
  appl_folder=$(appl_microvm_folder "$1")
  [ -f "$appl_folder/arguments" ] || appl_fail operation-failed "the microVM $1 is not on this host" "run the command again"
  if appl_microvm_process "$1" && cmp -s "$appl_folder/arguments" "$appl_folder/booted/arguments" &&
    cmp -s "$appl_folder/appl/machine" "$appl_folder/booted/machine" && appl_microvm_ask "$1" 15 restart; then
    appl_microvm_process "$1" || appl_fail operation-failed "the microVM $1 ended while its program was restarted" "run the command again"
    printf '%s %s %s\n' "$appl_pid" "$appl_pid_ticks" "$(appl_now)" | appl_replace "$appl_folder/process"
    # A network that went and came back has lost its ports.
    [ ! -f "$appl_folder/joined" ] || . "$appl_folder/join"
    return
  fi
  appl_microvm_stop "$1"
  rm -f "$appl_folder/stopped"
  appl_microvm_start "$1"
}

# appl_microvm_remove NAME: it and all that it wrote.
appl_microvm_remove() {
  appl_folder=$(appl_microvm_folder "$1")
  [ -d "$appl_folder" ] || return 0
  appl_microvm_stop "$1"
  appl_volumes_close "$1"
  rm -rf "$appl_folder"
}

# appl_microvm_joined NAME: from now on, also after a restart, its ports are joined.
appl_microvm_joined() { : >"$(appl_microvm_folder "$1")/joined"; }
