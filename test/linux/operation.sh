{ command exec 5</program.sh; } 2>/dev/null || exit 119
APPL_PROGRAM=/program.sh
. /proc/self/fd/5
exec 5<&-
appl_undo() {
  :
  appl_appliance_remove web_1.2 || return 1
}
appl_cluster office
appl_work 7 '"a1b2/create appliance/web[1]/1"' '"appliance/web[1] 2"' '{"operation":"a1b2/create appliance/web[1]/1","address":"appliance/web[1]","generation":2,"verb":"create","token":7}'
appl_container_create web_1.2 staged 2b5c52c027bc237f-e3b0c44298fc1c14
appl_done
