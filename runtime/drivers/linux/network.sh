# --- Networks: bridges, ports, rules -------------------------------------------------------------------------------------------

# appl_setting PATH VALUE: a kernel setting under /proc/sys, where this kernel has it.
appl_setting() { [ ! -e "/proc/sys/$1" ] || printf '%s' "$2" >"/proc/sys/$1"; }

# appl_bridge_set BRIDGE ALIAS ADDRESS/PREFIX MTU routes|joins CIDR: makes it so, whatever is there. `routes`: this host is the way out of it.
appl_bridge_set() {
  # Whoever made the same network in this very moment was not there when it was planned.
  appl_same=$(ip -4 route show root "$6"; ip -4 route show match "$6")
  appl_same=$(printf '%s\n' "$appl_same" | sed -n '/^default/d; s/.* dev \([^ ]*\).*/\1/p' | grep -vxF "$1" | head -n 1 || :)
  [ -z "$appl_same" ] || appl_fail conflict "this host has a network within $6 already, on $appl_same" "choose another network"
  ip link show dev "$1" >/dev/null 2>&1 || ip link add "$1" type bridge
  appl_setting "net/ipv6/conf/$1/disable_ipv6" 1
  ip link set "$1" alias "$2" mtu "$4" type bridge forward_delay 0 mcast_snooping 0
  case " $(ip -o -4 addr show dev "$1") " in
    *" $3 "*) ;;
    *) ip -4 addr flush dev "$1"; ip addr add "$3" brd + dev "$1" ;;
  esac
  ip link set "$1" up
  if [ "$5" = routes ]; then appl_setting "net/ipv4/conf/$1/route_localnet" 1; else appl_setting "net/ipv4/conf/$1/route_localnet" 0; fi
}

# appl_link_remove LINK
appl_link_remove() { ! ip link show dev "$1" >/dev/null 2>&1 || ip link del "$1"; }

# appl_port_join LINK BRIDGE MAC: joins it. The bridge takes frames from it with this source only, and knows where the address is
# without learning, so that a replacement takes over with the same address at once.
appl_port_join() {
  appl_setting "net/ipv6/conf/$1/disable_ipv6" 1
  ip link set "$1" master "$2"
  ip link set "$1" up
  bridge -batch - <<EOF
link set dev $1 learning off locked on flood off mcast_flood off
fdb replace $3 dev $1 master static
EOF
}

# appl_port_leave LINK
appl_port_leave() { ! ip link show dev "$1" >/dev/null 2>&1 || ip link set "$1" nomaster; }

# appl_port_limit LINK BITS_PER_SECOND: what an appliance gets is shaped to this rate; what it sends above it is dropped.
appl_port_limit() {
  [ -d "/sys/class/net/$1" ] || return 0
  appl_port_unlimit "$1"
  tc qdisc replace dev "$1" root tbf rate "${2}bit" burst 64kb latency 50ms
  nft -f - <<EOF
table netdev appl-$APPL_NAME {
  chain $1 {
    type filter hook ingress device "$1" priority 0
    limit rate over $(($2 / 8)) bytes/second burst 64 kbytes drop
  }
}
EOF
}

# appl_port_unlimit LINK
appl_port_unlimit() {
  tc qdisc del dev "$1" root 2>/dev/null || :
  nft delete chain netdev "appl-$APPL_NAME" "$1" 2>/dev/null || :
}

# appl_drain NAME ADDRESS...: for a second at most, nobody opens a connection to these addresses, and those that are open come to their end:
# whoever asks meanwhile asks again by himself, and gets the one that takes over. The rule ends by itself, also when we are killed.
appl_drain() {
  appl_draining=$1
  shift
  [ $# -gt 0 ] || return 0
  appl_closing="tcp flags & (syn | ack) == syn ip daddr @closing drop"
  nft -f - <<EOF
table bridge appl-$APPL_NAME.drain.$appl_draining {
  set closing {
    type ipv4_addr
    flags timeout
    elements = { $(printf '%s timeout 5s,' "$@") }
  }
  chain forward {
    type filter hook forward priority -10
    $appl_closing
  }
  chain output {
    type filter hook output priority -10
    $appl_closing
  }
}
EOF
  for appl_try in 1 2 3 4 5 6 7 8 9 10; do
    appl_others_busy "$appl_draining" || break
    sleep 0.1
  done
}

# appl_drained NAME
appl_drained() { nft delete table bridge "appl-$APPL_NAME.drain.$1" 2>/dev/null || :; }

# appl_others_busy NAME: another generation has a connection that somebody opened to it. Into a microVM one does not see so simply.
appl_others_busy() {
  for appl_other in "$APPL_DIR/containers/${1%.*}".*; do
    case ${appl_other##*/"${1%.*}".} in *[!0-9]* | "${1##*.}") continue ;; esac
    [ -f "$appl_other/joined" ] && appl_process_of "$appl_other" || continue
    ! nsenter -t "$appl_pid" -n ss -Htan | awk '
      { port = $4; sub(/.*:/, "", port) }
      $1 == "LISTEN" { open[port] = 1 }
      $1 == "ESTAB" || $1 == "SYN-RECV" { used[port] = 1 }
      END { for (port in used) if (port in open) exit 0; exit 1 }' || return 0
  done
  return 1
}

# appl_uplink_join LINK ADDRESS/PREFIX: the host's end of a gateway's way out.
appl_uplink_join() {
  appl_setting "net/ipv6/conf/$1/disable_ipv6" 1
  ip addr replace "$2" dev "$1"
  ip link set "$1" up
  appl_setting "net/ipv4/conf/$1/route_localnet" 1
}

# appl_uplink_leave LINK
appl_uplink_leave() { ! ip link show dev "$1" >/dev/null 2>&1 || ip -4 addr flush dev "$1"; }

# appl_forwarding: lets this host route, and remembers what it did before.
appl_forwarding() {
  appl_lock_host
  [ -f "$APPL_HOME/.forwarding" ] || cat /proc/sys/net/ipv4/ip_forward | appl_replace "$APPL_HOME/.forwarding"
  [ "$(cat /proc/sys/net/ipv4/ip_forward)" = 1 ] || echo 1 >/proc/sys/net/ipv4/ip_forward
  appl_unlock_host
}

# appl_network_gone: what no object of the cluster stands for.
appl_network_gone() {
  nft delete table netdev "appl-$APPL_NAME" 2>/dev/null || :
  nft list tables bridge | while read -r appl_word appl_family appl_table; do
    case $appl_table in "appl-$APPL_NAME.drain."*) nft delete table bridge "$appl_table" || : ;; esac
  done
}

# appl_network_shared_gone: the last cluster goes.
appl_network_shared_gone() {
  [ -f "$APPL_HOME/.forwarding" ] || return 0
  [ "$(cat "$APPL_HOME/.forwarding")" = "$(cat /proc/sys/net/ipv4/ip_forward)" ] ||
    cat "$APPL_HOME/.forwarding" >/proc/sys/net/ipv4/ip_forward
  rm -f "$APPL_HOME/.forwarding"
}

# appl_rules_set NAME: the rules that came with the operation, all or none; `NAME.rules` keeps how they look, to see drift.
appl_rules_set() {
  nft -f "$APPL_IN/rules.nft"
  appl_rules_look | appl_replace "$APPL_DIR/firewall.rules"
}

# appl_rules_there: the cluster's filter is there, whoever has changed it.
appl_rules_there() { nft list table bridge "appl-$APPL_NAME" && nft list table inet "appl-$APPL_NAME"; } >/dev/null 2>&1

# appl_rules_look: the digest of the cluster's rules as they are, without what they have counted and remembered.
appl_rules_look() {
  { nft -s list table bridge "appl-$APPL_NAME" && nft -s list table inet "appl-$APPL_NAME"; } 2>/dev/null |
    awk '/^\tset replies / { skip = 1 } !skip { print } /^\t}/ { skip = 0 }' | sha256sum
}

# appl_rules_remove: the cluster's filter goes; with it goes nothing else.
appl_rules_remove() {
  nft -f - <<EOF
table bridge appl-$APPL_NAME
delete table bridge appl-$APPL_NAME
table inet appl-$APPL_NAME
delete table inet appl-$APPL_NAME
EOF
  rm -f "$APPL_DIR/firewall.rules"
}

# appl_publish_set TABLE PORT PROTOCOL: opens a port of this host, unless somebody else has it.
appl_publish_set() {
  case $3 in tcp) appl_sockets=-Hltnp ;; udp) appl_sockets=-Hlunp ;; esac
  appl_taken=$(ss "$appl_sockets" "sport = :$2" | sed -n '1s/.*users:(("\([^"]*\)".*/\1/p;1q')
  [ -z "$(ss "$appl_sockets" "sport = :$2")" ] ||
    appl_fail conflict "port $2/$3 of this host is taken by ${appl_taken:-another program}" "end that program, or publish another port"
  appl_others=$(nft list tables ip | awk -v own="$1" -v end="-$2-$3" '$3 != own && substr($3, 1, 5) == "appl-" &&
    substr($3, length($3) - length(end) + 1) == end { print $3 }')
  [ -z "$appl_others" ] || appl_fail conflict "port $2/$3 of this host is published by another cluster already" "publish another port"
  nft -f "$APPL_IN/rules.nft"
}

# appl_publish_relay ADDRESS: whoever asks this host at a loopback address gets his answer from there. The link over which it comes has to take
# it; what it was before is remembered until no cluster has a relay here.
appl_publish_relay() {
  appl_lock_host
  appl_device=$(ip -o -4 route get "$1" | sed -n 's/.* dev \([^ ]*\).*/\1/p')
  if [ -n "$appl_device" ] && ! grep -qs "^$appl_device " "$APPL_HOME/.relays"; then
    { cat "$APPL_HOME/.relays" 2>/dev/null || :; printf '%s %s\n' "$appl_device" "$(cat "/proc/sys/net/ipv4/conf/$appl_device/route_localnet")"; } |
      appl_replace "$APPL_HOME/.relays"
  fi
  [ -z "$appl_device" ] || appl_setting "net/ipv4/conf/$appl_device/route_localnet" 1
  appl_unlock_host
}

# appl_publish_remove TABLE
appl_publish_remove() {
  nft -f - <<EOF
table ip $1
delete table ip $1
EOF
  appl_lock_host
  if [ -f "$APPL_HOME/.relays" ] && ! nft list chains ip | grep -q '^	chain relay '; then
    while read -r appl_device appl_before; do appl_setting "net/ipv4/conf/$appl_device/route_localnet" "$appl_before"; done <"$APPL_HOME/.relays"
    rm -f "$APPL_HOME/.relays"
  fi
  appl_unlock_host
}
