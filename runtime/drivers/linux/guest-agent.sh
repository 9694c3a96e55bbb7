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
  timeout 10 dd bs="$1" count=1 iflag=fullblock of=/run/payload <&3 2>/dev/null
  sum=$(sha256sum /run/payload)
  [ "${sum%% *}" = "$2" ]
}

# Asks the program to end, waits five seconds, and ends it with all that it started.
end_program() {
  read -r program </run/program
  kill -TERM "$program"
  for moment in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25; do
    [ -d "/proc/$program" ] || break
    sleep 0.2
  done
  kill -KILL "-$program"
} 2>/dev/null

# The first process starts it again.
restart() {
  : >/run/again
  end_program
  for moment in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do
    read -r now </run/program
    [ "$now" = "$program" ] || return 0
    sleep 0.2
  done
  echo "the program does not start again"
  return 1
}

# The code of a program that had to be ended is 124, as everywhere.
within() {
  timeout "$@" </dev/null
  code=$?
  [ "$code" -ne 143 ] || code=124
  return "$code"
}

answer() {
  case $1 in
    ping) true ;;
    unpack) receive "$3" "$4" && tar -x -f /run/payload -C /root ;;
    exec) receive "$3" "$4" && within "$2" chroot /root /bin/sh -c "$(cat /run/payload)" ;;
    run) receive "$3" "$4" && within "$2" sh /run/payload ;;
    restart) restart ;;
    poweroff) : >/run/off ;;
    *) return 127 ;;
  esac
}

while :; do
  read -r id verb seconds bytes sum <&3 || { sleep 1; continue; }
  case $id in appl-[0-9a-f]*) ;; *) continue ;; esac
  answer "$verb" "$seconds" "$bytes" "$sum" >/run/output 2>&1
  code=$?
  tail -c 4000 /run/output | tr -d '\000' | sed "s/^/$id out /" >&3
  printf '\n%s end %s\n' "$id" "$code" >&3
  if [ -e /run/off ]; then
    end_program
    sleep 1
    poweroff -f
  fi
done
