#!/bin/sh
umask 022
[ ! -f /appl/remove ] || . /appl/remove
/appl/busybox tar -x -f /appl/config.tar -C / || exit 126
exec /appl/run setpriv --reuid=www-data --regid="$(id -g www-data)" --init-groups -- nginx -g 'daemon off;'

#!/bin/sh
umask 022
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export HOME=/root
export GREETING='it'\''s $HOME'
cd / && exec "$@"
