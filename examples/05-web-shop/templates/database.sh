#!/bin/sh
# Makes the database when there is none, and serves it.
set -eu
bin=/usr/lib/postgresql/15/bin
data=/var/lib/postgresql/shop
if [ ! -s "$data/PG_VERSION" ]; then
  "$bin/initdb" --pgdata="$data" --auth=peer
fi
"$bin/postgres" --single -D "$data" postgres </etc/shop/setup.sql
exec "$bin/postgres" -D "$data" --config-file=/etc/shop/postgresql.conf
