#!/bin/busybox sh
# Answers the host over a virtio-serial port. A request is one line, "<id> <verb> <seconds> <bytes> <sha256>", and its payload of
# that many bytes; the answer is lines "<id> out <text>" and one "<id> end <code>". Whatever else arrives, such as the rest of a
# request whose sender died, is no request and is passed over.
export PATH=/bin:/sbin

for folder in /sys/class/virtio-ports/*; do
  read -r name <"$folder/name" && [ "$name" = appl.agent ] && port=/dev/${folder##*/}
done
exec 3<>"$port" || exit

# Reads the payload into /run/payload; the sum tells a whole one from the rest of two.
receive() {
  rm -f /run/payload
  [ "$1" -gt 0 ] 2>/dev/null || return
  timeout 20 dd bs="$1" count=1 iflag=fullblock of=/run/payload <&3 2>/dev/null
  sum=$(sha256sum /run/payload)
  [ "${sum%% *}" = "$2" ]
}

# Unpacks files over the root; what the last configuration had and this one has not comes back as its layer has it, or goes.
configure() {
  cp /root/appl/files /run/files.before
  tar -x -f /run/payload -C /root || return
  while read -r path; do
    grep -qxF -- "$path" /root/appl/files || restore "$path"
  done </run/files.before
}

restore() {
  rm -rf "/root$1"
  for layer in $(tr ':' ' ' </run/layers); do
    [ -e "$layer$1" ] && cp -a "$layer$1" "/root$1" && return
  done
  return 0
}

# Ends the program and all it started, gently at first; the first process starts it again.
restart() {
  read -r program </run/program
  touch /run/again
  kill -TERM "$program"
  for moment in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25; do
    [ -d "/proc/$program" ] || break
    sleep 0.2
  done
  kill -KILL "-$program"
  for moment in 1 2 3 4 5 6 7 8 9 10; do
    read -r now </run/program
    [ "$now" = "$program" ] || return 0
    sleep 0.1
  done
  echo "the program does not start again"
  return 1
}

answer() {
  case $2 in
    ping) true ;;
    configure) receive "$4" "$5" && configure ;;
    exec) receive "$4" "$5" && timeout "$3" chroot /root /bin/sh -c "$(cat /run/payload)" </dev/null ;;
    run) receive "$4" "$5" && timeout "$3" sh /run/payload </dev/null ;;
    restart) restart ;;
    poweroff) sync ;;
    *) return 127 ;;
  esac
}

while :; do
  read -r id verb seconds bytes sum <&3 || { sleep 1; continue; }
  case $id in appl-[0-9a-f]*) ;; *) continue ;; esac
  answer "$id" "$verb" "$seconds" "$bytes" "$sum" >/run/output 2>&1
  code=$?
  tail -c 4000 /run/output | tr -d '\000' | sed "s/^/$id out /" >&3
  printf '\n%s end %s\n' "$id" "$code" >&3
  if [ "$verb" = poweroff ]; then poweroff -f; fi
done
