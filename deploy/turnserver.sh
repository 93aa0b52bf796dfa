#!/bin/sh
# Starts the relay with deploy/turnserver.conf and what .env says; more options may follow. The secret goes into a file
# of our own and not onto the command line, which everybody on the host can read.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
certs=${TURN_CERTS:-$here/certs}
made=$(mktemp -d)
umask 077
if [ -e "$certs/fullchain.pem" ] && ! [ -r "$certs/fullchain.pem" -a -r "$certs/privkey.pem" ]; then
  echo "turnserver.sh: user $(id -u) may not read fullchain.pem and privkey.pem in $certs" >&2
  exit 1
elif ! [ -e "$certs/fullchain.pem" ]; then
  echo "turnserver.sh: no fullchain.pem in $certs: no TLS" >&2
fi
{
  cat "$here/turnserver.conf"
  echo "static-auth-secret=${TURN_SECRET:?set it in .env}"
  echo "pidfile=$made/pid"
  echo "userdb=$made/db"
  echo "listening-port=${TURN_PORT:-3478}"
  echo "min-port=${TURN_MIN_PORT:-49160}"
  echo "max-port=${TURN_MAX_PORT:-50359}"
  if [ -n "${TURN_LISTENING_IP:-}" ]; then echo "listening-ip=$TURN_LISTENING_IP"; fi
  if [ -n "${TURN_EXTERNAL_IP:-}" ]; then echo "external-ip=$TURN_EXTERNAL_IP"; fi
  if [ -e "$certs/fullchain.pem" ]; then
    echo "cert=$certs/fullchain.pem"
    echo "pkey=$certs/privkey.pem"
    echo "tls-listening-port=${TURN_TLS_PORT:-5349}"
  else
    echo "no-tls"
    echo "no-dtls"
  fi
} > "$made/turnserver.conf"
exec turnserver -c "$made/turnserver.conf" "$@"
