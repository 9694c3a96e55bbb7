#!/bin/sh
# Runs a program. Its lines go to the log server too, where there is one; the figures of this machine are served beside it.
set -eu
prometheus-node-exporter --web.listen-address=:9100 >/dev/null 2>&1 &
if [ -x /usr/local/sbin/copy ]; then
  /usr/local/sbin/copy &
fi
if [ -n "${LOG_SERVER:-}" ]; then
  rm -f /run/lines
  mkfifo -m 600 /run/lines
  logger --stderr --udp --server "$LOG_SERVER" --port "$LOG_PORT" --tag "$(hostname)" </run/lines &
  exec "$@" >/run/lines 2>&1
fi
exec "$@"
