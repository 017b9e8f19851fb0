"""How servers and sentinels start and stop. Plain sh, as the image has no other."""

from __future__ import annotations

COMMON = """\
# POD, SET, DOMAIN, MASTER and ORDINALS say who this is; the folders and pauses differ in tests alone.
: "${DATA:=/data}" "${RUN:=/run/valkey}" "${SCRIPTS:=/scripts}" "${SECRET:=/secret}" "${TLS:=/tls}" "${PAUSE:=2}"
umask 077
self="$POD.$DOMAIN"
password=$(cat "$SECRET/password")
export VALKEYCLI_AUTH="$password" REDISCLI_AUTH="$password"
host_of() { echo "$SET-$1.$DOMAIN"; }
hosts=$(for ordinal in $ORDINALS; do host_of "$ordinal"; done)
known() { echo "$hosts" | grep -Fx -- "${1:-none}"; }
server() { at=$1; shift; timeout 3 valkey-cli $TLS_ARGUMENTS -h "$at" -p 6379 "$@" 2>/dev/null; }
sentinel() { at=$1; shift; timeout 3 valkey-cli $TLS_ARGUMENTS --user peer -h "$at" -p 26379 "$@" 2>/dev/null; }
role() { server localhost info replication | tr -d '\\r' | sed -n 's/^role://p'; }
primary_of() { known "$(sentinel "$1" sentinel get-master-addr-by-name "$MASTER" | head -n 1)" || true; }
"""

SERVER = """\
# Starts a server as what two sentinels say it is. A file of its own says nothing of that: the primary may have changed since.
set -eu
. "${SCRIPTS:-/scripts}/common.sh"
mkdir -p "$DATA/server"

agreed() { for host in $hosts; do primary_of "$host"; done | sort | uniq -c | awk '$1 >= 2 { print $2 }'; }

# A primary that lost its volume must not come back as an empty one, which the others would copy: they go on without it first.
lost() {
  [ "$1" = "$self" ] && [ ! -d "$DATA/server/appendonlydir" ] || return 1
  for host in $hosts; do
    [ "$host" = "$self" ] && continue
    size=$(server "$host" dbsize || true)
    case "$size" in '' | *[!0-9]*) ;; *) [ "$size" -eq 0 ] || return 0 ;; esac
  done
  return 1
}

tries=0
while :; do
  primary=$(agreed)
  if [ -n "$primary" ] && ! lost "$primary"; then break; fi
  tries=$((tries + 1))
  if [ "$tries" -ge "${TRIES:-60}" ]; then
    [ -z "$primary" ] || { echo "the others hold data, this volume none, and nobody took over"; exit 1; }
    # Too few sentinels for an agreement: the own one kept what it knew last.
    primary=$(primary_of localhost)
    [ -n "$primary" ] || { echo "no sentinel answers"; exit 1; }
    break
  fi
  sleep "$PAUSE"
done
echo "the primary is $primary"

{
  cat "$SCRIPTS/valkey.conf"
  echo "replica-announce-ip $self"
  echo "requirepass $password"
  echo "masterauth $password"
  [ "$primary" = "$self" ] || echo "replicaof $primary 6379"
} > "$RUN/valkey.conf"

if [ -n "$TLS_ARGUMENTS" ]; then
  # Renewed certificates are read when they are set again.
  (while sleep 3600; do server localhost config set tls-cert-file "$TLS/tls.crt" tls-key-file "$TLS/tls.key"; done) > /dev/null &
fi
exec valkey-server "$RUN/valkey.conf"
"""

SENTINEL = """\
# Starts a sentinel with what it knew before: who the primary is, and how often that has changed.
set -eu
. "${SCRIPTS:-/scripts}/common.sh"
state="$DATA/sentinel/sentinel.conf"
mkdir -p "$DATA/sentinel"
[ -f "$state" ] || : > "$state"
primary=$(known "$(sed -n "s/^sentinel monitor $MASTER \\([^ ]*\\) .*/\\1/p" "$state")" || host_of 0)
remembered=$(grep -E "^sentinel ((config-epoch|leader-epoch|known-replica|known-sentinel) $MASTER|current-epoch) " "$state" || true)

{
  cat "$SCRIPTS/sentinel.conf"
  # Of the pod, not of the process: others would count every start as one more sentinel, and their majority would be of the dead.
  echo "sentinel myid $(printf %s "$self" | sha1sum | cut -c1-40)"
  echo "sentinel announce-ip $self"
  echo "user peer on >$password ~* &* +@all"
  echo "sentinel sentinel-user peer"
  echo "sentinel sentinel-pass $password"
  echo "sentinel monitor $MASTER $primary 6379 $QUORUM"
  echo "sentinel auth-pass $MASTER $password"
  echo "sentinel down-after-milliseconds $MASTER $DOWN_MILLISECONDS"
  echo "sentinel failover-timeout $MASTER $FAILOVER_MILLISECONDS"
  echo "sentinel parallel-syncs $MASTER 1"
  [ -z "$remembered" ] || echo "$remembered"
} > "$state.new"
mv "$state.new" "$state"

if [ -n "$TLS_ARGUMENTS" ]; then
  # A sentinel cannot be told to read renewed certificates: it starts again, and remembers.
  before=$(cksum < "$TLS/tls.crt")
  (while sleep 600; do [ "$(cksum < "$TLS/tls.crt")" = "$before" ] || kill $$; done) &
fi
exec valkey-sentinel "$state"
"""

STOP = """\
# Before a primary stops, another takes over. Writers wait meanwhile, and replicas get what was written: nothing that was confirmed is lost.
. "${SCRIPTS:-/scripts}/common.sh"
[ "$(role)" = master ] || exit 0
server localhost client pause 40000 write > /dev/null
for host in $hosts; do
  [ "$host" != "$self" ] || continue
  [ "$(sentinel "$host" sentinel failover "$MASTER")" = OK ] || continue
  for second in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do
    case "$(primary_of "$host")" in '' | "$self") sleep 1 ;; *) exit 0 ;; esac
  done
done
# Nobody can: it serves until the end.
server localhost client unpause > /dev/null
"""

ALIVE = """\
. "${SCRIPTS:-/scripts}/common.sh"
case "$(server localhost ping)" in PONG | LOADING* | MASTERDOWN*) exit 0 ;; esac
exit 1
"""

READY = """\
# A replica that has not caught up is not ready: the next pod is not replaced before it has.
. "${SCRIPTS:-/scripts}/common.sh"
state=$(server localhost info replication | tr -d '\\r')
case "$state" in *role:master*) exit 0 ;; *master_link_status:up*) exit 0 ;; esac
exit 1
"""

SENTINEL_ALIVE = """\
. "${SCRIPTS:-/scripts}/common.sh"
[ "$(sentinel localhost ping)" = PONG ]
"""

FILES = {
    "common.sh": COMMON,
    "server.sh": SERVER,
    "sentinel.sh": SENTINEL,
    "stop.sh": STOP,
    "alive.sh": ALIVE,
    "ready.sh": READY,
    "sentinel-alive.sh": SENTINEL_ALIVE,
}
