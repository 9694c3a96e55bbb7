#!/bin/sh
. /program.sh
appl_cluster office
case "$2 $3" in
"lxc start-host") appl_container_started "$LXC_PID" /var/lib/appl/office/containers/web_1.1 ;;
esac
case "$2 $3 ${5:-}" in
"net up "ap19gj8pggksnqm)
ip link set ap19gj8pggksnqm alias 'appl:office/appliance/web[1]/1/eth0'
if [ -f /var/lib/appl/office/containers/web_1.1/joined ]; then
appl_port_join ap19gj8pggksnqm ap19gj8b2chl99w 52:54:0a:1e:00:03
appl_port_limit ap19gj8pggksnqm 10000000
fi
;;
esac
