# --- Containers ----------------------------------------------------------------------------------------------------------------
# A generation of a container lives in $APPL_DIR/containers/NAME.GENERATION: `config` for LXC, `hook` that LXC calls, `upper` (what it
# wrote over its image), `appl` (seen inside as /appl: start, run, config.tar, busybox, names), `seccomp`, `mounts`, `checks`, `process`, `console.log`.

appl_container_folder() { printf '%s/containers/%s' "$APPL_DIR" "$1"; }

# appl_container_create NAME staged|joined IMAGE: a container from what came with the operation, made and started. What an
# interrupted attempt left is removed first.
appl_container_create() {
  appl_container_remove "$1"
  appl_folder=$(appl_container_folder "$1")
  [ -f "$APPL_HOME/images/built/$3/layers" ] || appl_fail operation-failed "the image $3 is not on this host" "run the command again"
  mkdir -p "$appl_folder/upper" "$appl_folder/work" "$appl_folder/appl/names"
  chmod 755 "$appl_folder/upper" "$appl_folder/appl" "$appl_folder/appl/names"
  : >"$appl_folder/appl/busybox"
  cp "$APPL_IN/address" "$appl_folder/address"
  appl_container_place "$1" "$3"
  [ "$2" = staged ] || : >"$appl_folder/joined"
  appl_container_start "$1"
}

# appl_container_place NAME IMAGE: puts what came with the operation into its folder.
appl_container_place() {
  appl_folder=$(appl_container_folder "$1")
  for appl_file in config checks leave mounts after; do appl_replace "$appl_folder/$appl_file" <"$APPL_IN/$appl_file"; done
  appl_replace "$appl_folder/appl/start" <"$APPL_IN/start"
  chmod 755 "$appl_folder/appl/start"
  # It may hold secrets: whatever user the program inside runs as, root starts it.
  appl_replace "$appl_folder/appl/run" <"$APPL_IN/run"
  chmod 700 "$appl_folder/appl/run"
  appl_replace "$appl_folder/appl/config.tar" <"$APPL_IN/config.tar"
  appl_container_calls | appl_replace "$appl_folder/seccomp"
  appl_replace "$appl_folder/hook" <"$APPL_IN/hook"
  chmod 700 "$appl_folder/hook"
  rm -f "$appl_folder/always"
  [ ! -f "$APPL_IN/always" ] || : >"$appl_folder/always"
  touch "$APPL_HOME/images/built/$2/used"
  # The uppermost layer comes first in an overlay, and last in the image's list.
  {
    printf 'lxc.rootfs.path = overlay:%s:%s\n' "$(tac "$APPL_HOME/images/built/$2/layers" | paste -sd:)" "$appl_folder/upper"
    if [ "$(cat /sys/module/apparmor/parameters/enabled 2>/dev/null)" = Y ] && command -v apparmor_parser >/dev/null; then
      printf 'lxc.apparmor.profile = generated\n'
    else
      printf 'lxc.apparmor.profile = unconfined\n'
    fi
  } >>"$appl_folder/config"
}

# appl_container_calls: what no program inside may ask the kernel for, as LXC reads it (seccomp(2), lxc.container.conf(5)). Root inside is root
# outside but for its capabilities: in a user namespace of its own it would get all of them, mount its control groups and lift its own limits.
# The flags of clone3 cannot be seen here; who does not find it takes clone. Keys, programs for the kernel and its counters know no namespaces.
appl_container_calls() {
  cat <<'EOF'
2
denylist
reject_force_umount
[all]
unshare errno 1 [0,268435456,SCMP_CMP_MASKED_EQ,268435456]
clone errno 1 [0,268435456,SCMP_CMP_MASKED_EQ,268435456]
clone3 errno 38
add_key errno 38
request_key errno 38
keyctl errno 38
bpf errno 1
perf_event_open errno 1
kexec_load errno 1
kexec_file_load errno 1
open_by_handle_at errno 1
init_module errno 1
finit_module errno 1
delete_module errno 1
EOF
}

# appl_container_mount NAME PATH: gives up when a link stands on the way to PATH inside, in what the container wrote or else in its image: LXC
# makes the folders of that path before the container is closed, so that a link there would lead to folders of this host.
appl_container_mount() {
  appl_mount_roots="$(appl_container_folder "$1")/upper
$(sed -n 's/^lxc.rootfs.path = overlay:\(.*\):[^:]*$/\1/p' "$(appl_container_folder "$1")/config" | tr : '\n')"
  appl_mount_path='' appl_mount_rest=${2#/}/
  while [ -n "$appl_mount_rest" ]; do
    appl_mount_path=$appl_mount_path/${appl_mount_rest%%/*}
    appl_mount_rest=${appl_mount_rest#*/}
    while IFS= read -r appl_mount_root; do
      [ ! -L "$appl_mount_root$appl_mount_path" ] ||
        appl_fail operation-failed "$1 cannot be started: inside, $appl_mount_path is a link, and $2 is mounted there" \
          "make $appl_mount_path a folder, or mount at another path"
      [ ! -e "$appl_mount_root$appl_mount_path" ] || break
    done <<EOF
$appl_mount_roots
EOF
  done
}

# appl_container_start NAME
appl_container_start() {
  appl_folder=$(appl_container_folder "$1")
  rm -f "$appl_folder/process" "$appl_folder/lxc.log" "$appl_folder/stopped"
  # What a monitor that was killed left behind would be taken for another container's.
  appl_groups_remove "appl/$APPL_NAME/$1"
  [ ! -f "$appl_folder/mounts" ] || . "$appl_folder/mounts"
  if ! appl_daemon lxc-start -P "$APPL_DIR/containers" -n "$1" -o "$appl_folder/lxc.log" -l ERROR -d; then
    tail -n 20 "$appl_folder/lxc.log" 2>/dev/null || :
    appl_fail operation-failed "the container $1 does not start"
  fi
  [ ! -f "$appl_folder/always" ] || appl_container_supervise "$1"
}

# appl_process_of FOLDER: the number and start of the first process of what lives there, when that lives.
appl_process_of() {
  read -r appl_pid appl_pid_ticks appl_pid_started 2>/dev/null <"$1/process" || return 1
  [ "$(appl_ticks "$appl_pid")" = "$appl_pid_ticks" ]
}
appl_container_process() { appl_process_of "$(appl_container_folder "$1")"; }

# appl_container_started PID: LXC's hook, when the first process is there and has not begun yet.
appl_container_started() { printf '%s %s %s\n' "$1" "$(appl_ticks "$1")" "$(appl_now)" >"$2/process.new" && mv "$2/process.new" "$2/process"; }

# appl_container_stop NAME: asks its first process to end, waits ten seconds, and ends it.
appl_container_stop() {
  appl_folder=$(appl_container_folder "$1")
  [ -d "$appl_folder" ] || return 0
  appl_container_unguard "$1"
  if [ -f "$appl_folder/config" ]; then
    # A first process that does not handle SIGTERM never gets it: nobody waits for that.
    if appl_container_process "$1" && ! appl_catches_term "$appl_pid"; then set -- "$1" -k; else set -- "$1" -t 10; fi
    lxc-stop -P "$APPL_DIR/containers" -n "$@" 2>/dev/null || :
  fi
  # LXC's own monitor may have been killed: then nobody but us knows of the process.
  if appl_container_process "$1"; then
    kill -9 "$appl_pid" 2>/dev/null || :
    for appl_try in 1 2 3 4 5 6 7 8 9 10; do
      appl_container_process "$1" || break
      sleep 0.1
    done
  fi
  rm -f "$appl_folder/process"
}

# appl_container_halt NAME: takes it off its networks and ends it, until somebody says `restart`: also after a boot it stays as it is.
appl_container_halt() {
  appl_folder=$(appl_container_folder "$1")
  [ -f "$appl_folder/config" ] || appl_fail operation-failed "the container $1 is not on this host" "run the command again"
  : >"$appl_folder/stopped"
  sync "$appl_folder"
  [ ! -f "$appl_folder/leave" ] || . "$appl_folder/leave"
  appl_container_stop "$1"
}

# appl_catches_term PID: it has a handler for SIGTERM, signal 15, bit 14 of its mask (proc(5)).
appl_catches_term() {
  appl_mask=$(sed -n 's/^SigCgt:\t*//p' "/proc/$1/status")
  case $(printf %s "$appl_mask" | tail -c 4 | head -c 1) in [4567cdefCDEF]) return 0 ;; *) return 1 ;; esac
}

# appl_container_guarded NAME: from now on it is started again, or no longer, as `always` says.
appl_container_guarded() {
  appl_folder=$(appl_container_folder "$1")
  if [ ! -f "$appl_folder/always" ]; then appl_container_unguard "$1"
  elif [ ! -f "$appl_folder/supervisor" ] && appl_container_process "$1"; then appl_container_supervise "$1"; fi
}

# appl_container_unguard NAME: nobody starts it again.
appl_container_unguard() {
  read -r appl_pid appl_pid_ticks 2>/dev/null <"$(appl_container_folder "$1")/supervisor" || return 0
  rm -f "$(appl_container_folder "$1")/supervisor"
  [ "$(appl_ticks "$appl_pid")" != "$appl_pid_ticks" ] || kill -- "-$appl_pid" 2>/dev/null || :
}

# appl_container_supervise NAME: starts it again whenever its first process ends, later and later while it does not live long.
appl_container_supervise() {
  appl_folder=$(appl_container_folder "$1")
  APPL_PROGRAM=$APPL_PROGRAM appl_daemon setsid -f sh -c '. "$APPL_PROGRAM"; appl_cluster "$1"; appl_container_guard "$2"' appl-guard \
    "$APPL_NAME" "$1" >/dev/null 2>&1
}

appl_container_guard() {
  appl_folder=$(appl_container_folder "$1")
  printf '%s %s\n' $$ "$(appl_ticks $$)" >"$appl_folder/supervisor"
  appl_pause=1
  while [ -f "$appl_folder/supervisor" ]; do
    appl_began_ms=$(appl_now)
    lxc-wait -P "$APPL_DIR/containers" -n "$1" -s STOPPED || sleep 1
    [ $(($(appl_now) - appl_began_ms)) -lt 60000 ] || appl_pause=1
    sleep $appl_pause
    appl_pause=$((appl_pause < 30 ? appl_pause * 2 : 30))
    [ -f "$appl_folder/supervisor" ] || break
    [ ! -f "$appl_folder/mounts" ] || ( . "$appl_folder/mounts" ) || continue
    lxc-start -P "$APPL_DIR/containers" -n "$1" -o "$appl_folder/lxc.log" -l ERROR -d 9>&- </dev/null || :
  done
}

# appl_container_restart NAME: the same generation, with what it wrote.
appl_container_restart() {
  [ -f "$(appl_container_folder "$1")/config" ] || appl_fail operation-failed "the container $1 is not on this host" "run the command again"
  appl_container_stop "$1"
  appl_container_start "$1"
}

# appl_container_run NAME SECONDS COMMAND...: a program inside, with the appliance's environment and a mark of our own. One that is late is
# ended with all that it started and that does not heed its end: it would go on for ever, and hold up whoever reads what it prints.
appl_container_run() {
  appl_inside=$1 appl_limit=$2
  shift 2
  appl_mark=APPL_CALL=$(od -An -N8 -tx1 /dev/urandom | tr -d ' \n')
  appl_ended=0
  timeout -k 1 "$appl_limit" lxc-attach -P "$APPL_DIR/containers" -n "$appl_inside" --clear-env -v "$appl_mark" -- /appl/run "$@" \
    3>&- 9>&- || appl_ended=$?
  case $appl_ended in 124 | 137) appl_container_end "$appl_mark" ;; esac
  return $appl_ended
}

# appl_container_end MARK: ends every process that has this mark in its environment; those that begin meanwhile too.
appl_container_end() {
  for appl_try in 1 2 3 4 5; do
    appl_marked=$(grep -lsxzF -- "$1" /proc/[0-9]*/environ || :)
    [ -n "$appl_marked" ] || return 0
    for appl_pid in $appl_marked; do
      appl_pid=${appl_pid#/proc/}
      kill -9 "${appl_pid%/environ}" 2>/dev/null || :
    done
    sleep 0.1
  done
}

# appl_container_unpack NAME: the files of its configuration, written from inside: a path that was bent there leads nowhere else.
appl_container_unpack() {
  ! appl_container_process "$1" || appl_container_run "$1" 60 /appl/busybox tar -x -f /appl/config.tar -C /
}

# appl_container_reload NAME COMMAND...
appl_container_reload() {
  appl_container_process "$1" || appl_fail operation-failed "the first process of $1 is not running, so that nothing can be reloaded" \
    "run the command again: it will be restarted"
  appl_reloaded=$1
  shift
  appl_container_run "$appl_reloaded" 60 "$@"
}

# appl_container_unlink NAME: deletes the files that came as `remove`, now and before every start: what it wrote stays over its image.
appl_container_unlink() {
  appl_folder=$(appl_container_folder "$1")
  { [ ! -f "$appl_folder/appl/remove" ] || cat "$appl_folder/appl/remove"; cat "$APPL_IN/remove"; } | sort -u |
    appl_replace "$appl_folder/appl/remove"
  ! appl_container_process "$1" || appl_container_run "$1" 60 sh /appl/remove
}

# appl_container_limit NAME KEY1 VALUE1 KEY2 VALUE2: a control group's value in version 1 and 2, now.
appl_container_limit() {
  appl_container_process "$1" || return 0
  if [ -f /sys/fs/cgroup/cgroup.controllers ]; then set -- "$1" "$4" "$5"; fi
  lxc-cgroup -P "$APPL_DIR/containers" -n "$1" "$2" "$3"
}

# appl_container_joined NAME: from now on, also after a restart, its ports are joined.
appl_container_joined() { : >"$(appl_container_folder "$1")/joined"; }

# appl_alone NAME: every other generation of this appliance leaves its networks.
appl_alone() {
  for appl_other in "$APPL_DIR/containers/${1%.*}".* "$APPL_DIR/microvms/${1%.*}".*; do
    [ -f "$appl_other/leave" ] && [ "${appl_other##*/}" != "$1" ] || continue
    # A name may go on with a dot: this is a generation only if a number follows.
    case ${appl_other##*/"${1%.*}".} in *[!0-9]*) continue ;; esac
    rm -f "$appl_other/joined"
    . "$appl_other/leave"
  done
}

# appl_container_announce NAME DEVICE ADDRESS...: tells its neighbours, on each of its nics, who has the address now.
appl_container_announce() {
  appl_container_process "$1" || return 0
  shift
  while [ $# -ge 2 ]; do
    nsenter -t "$appl_pid" -n busybox arping -q -U -c 1 -w 1 -I "$1" "$2" >/dev/null 2>&1 || :
    shift 2
  done
}

# appl_appliance_remove NAME: a generation, whatever its form.
appl_appliance_remove() {
  appl_container_remove "$1"
  appl_microvm_remove "$1"
}

# appl_container_remove NAME: it and all that it wrote; its volumes stay.
appl_container_remove() {
  appl_folder=$(appl_container_folder "$1")
  [ -d "$appl_folder" ] || return 0
  [ ! -f "$appl_folder/leave" ] || . "$appl_folder/leave"
  appl_container_stop "$1"
  appl_groups_remove "appl/$APPL_NAME/$1"
  appl_volumes_close "$1"
  rm -rf "$appl_folder"
}

# appl_groups_remove PATH: the control groups under this path in every hierarchy; LXC leaves them when its monitor was killed.
appl_groups_remove() {
  for appl_group in "/sys/fs/cgroup/$1" /sys/fs/cgroup/*/"$1"; do
    [ ! -d "$appl_group" ] || find "$appl_group" -depth -type d -exec rmdir {} \; 2>/dev/null || :
  done
}
