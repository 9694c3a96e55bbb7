# --- Networks on several hosts ---------------------------------------------------------------------------------------------------
# A tunnel (VXLAN, RFC 7348) is a port of the network's bridge. It learns nothing and floods nothing: whom it leads to came with the
# operation, in `tunnel`, a line each: hardware address, host, address; `-` for a host that routes into the network. The bridge answers
# itself who asks for one of these addresses (`neigh_suppress`), so that not even a broadcast crosses.

# appl_tunnel_set LINK ALIAS BRIDGE ID LOCAL_ADDRESS BRIDGE_MAC MTU: makes it so, whatever is there; what stays is not touched.
appl_tunnel_set() {
  rm -f "$APPL_DIR/tunnels/$1"
  if ! ip -o -d link show dev "$1" 2>/dev/null | grep -q " vxlan id $4 local $5 .*dstport 4789 nolearning "; then
    appl_link_remove "$1"
    ip link add "$1" type vxlan id "$4" local "$5" dstport 4789 nolearning ||
      appl_fail conflict "this host cannot make tunnel $4 from $5" "another program here may have this VXLAN identifier on port 4789; give the cluster another name with --as"
  fi
  appl_setting "net/ipv6/conf/$1/disable_ipv6" 1
  ip link set "$1" alias "$2" mtu "$7"
  # Whoever knows the bridge by its former address hears of the new one.
  appl_setting "net/ipv4/conf/$3/arp_notify" 1
  [ "$(cat "/sys/class/net/$3/address")" = "$6" ] || ip link set "$3" address "$6"
  [ "$(basename "$(readlink "/sys/class/net/$1/master" || :)")" = "$3" ] || ip link set "$1" master "$3"
  bridge link set dev "$1" learning off flood off mcast_flood off bcast_flood off neigh_suppress on
  bridge link set dev "$1" locked on
  ip link set "$1" up
  appl_tunnel_entries "$1" "$3"
  mkdir -p "$APPL_DIR/tunnels"
  { printf '%s\n' "$3"; appl_tunnel_look "$1" "$3"; } | appl_replace "$APPL_DIR/tunnels/$1"
}

# appl_tunnel_entries LINK BRIDGE: new ones first, then those that nobody wants any more.
appl_tunnel_entries() {
  awk -v link="$1" '{ print "fdb replace " $1 " dev " link " dst " $2 " self permanent"; print "fdb replace " $1 " dev " link " master static" }' \
    "$APPL_IN/tunnel" | bridge -batch -
  awk -v bridge="$2" '$3 != "-" { print "neigh replace " $3 " lladdr " $1 " dev " bridge " nud permanent" }' "$APPL_IN/tunnel" | ip -batch -
  bridge fdb show dev "$1" | awk -v link="$1" '
    NR == FNR { wanted[$1] = 1; next }
    $1 in wanted { next }
    / self/ { print "fdb del " $1 " dev " link " self" }
    / master .* static/ { print "fdb del " $1 " dev " link " master" }' "$APPL_IN/tunnel" - | bridge -batch -
  ip -4 neigh show dev "$2" nud permanent | awk -v bridge="$2" '
    NR == FNR { wanted[$3] = 1; next }
    !($1 in wanted) { print "neigh del " $1 " dev " bridge }' "$APPL_IN/tunnel" - | ip -batch -
}

# appl_tunnel_unset LINK BRIDGE: the network goes on nowhere, or no more.
appl_tunnel_unset() {
  rm -f "$APPL_DIR/tunnels/$1"
  appl_link_remove "$1"
  [ ! -d "/sys/class/net/$2" ] || ip neigh flush dev "$2" nud permanent
}

# appl_tunnel_look LINK BRIDGE: a digest of how it is.
appl_tunnel_look() {
  {
    ip -o -d link show dev "$1" | grep -o ' vxlan id .* dstport [0-9]*'
    bridge -d link show dev "$1" | sed 1d
    cat "/sys/class/net/$2/address"
    bridge fdb show dev "$1" | sort
    ip -4 neigh show dev "$2" nud permanent | sort
  } 2>/dev/null | sha256sum
}

# appl_tunnels_intact: the tunnels of the cluster that are as they were set.
appl_tunnels_intact() {
  for appl_tunnel in "$APPL_DIR"/tunnels/*; do
    { IFS= read -r appl_bridge && IFS= read -r appl_looked; } 2>/dev/null <"$appl_tunnel" || continue
    [ "$(appl_tunnel_look "${appl_tunnel##*/}" "$appl_bridge")" != "$appl_looked" ] || printf '%s\n' "${appl_tunnel##*/}"
  done
}
