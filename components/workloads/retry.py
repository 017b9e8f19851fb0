"""Tries within a container, with waits that double: what a Job does whose pod must not be started again."""

from __future__ import annotations

from components.workloads.pod_spec import PodSpec
from components.workloads.spec import Retry

# The command comes as positional parameters, so that nothing in it is read by the shell. It runs in the background: while it ran in the
# foreground, the shell, which is the container's first process, would not hear SIGTERM. `wait` returns early when the signal comes, hence
# the second wait for the command's own end; it answers 127 where the first had the answer already.
LOOP = """\
pause=$1 most=$2 left=$3
shift 3
stopped=
trap 'stopped=1; kill -TERM "$child" 2>/dev/null' TERM
follow() {
  "$@" &
  child=$!
  if [ -n "$stopped" ]; then kill -TERM "$child" 2>/dev/null; fi
  wait "$child"
  code=$?
  if [ -n "$stopped" ]; then
    wait "$child"
    again=$?
    if [ "$again" -ne 127 ]; then code=$again; fi
  fi
}
while :; do
  follow "$@"
  [ "$code" -eq 0 ] && exit 0
  left=$((left - 1))
  if [ -n "$stopped" ] || [ "$left" -le 0 ]; then exit "$code"; fi
  echo "ended with $code, trying again in ${pause} s, ${left} left" >&2
  last=$code
  follow sleep "$pause"
  if [ -n "$stopped" ]; then exit "$last"; fi
  pause=$((pause * 2))
  if [ "$pause" -gt "$most" ]; then pause=$most; fi
done
"""


def retried(pod: PodSpec, retry: Retry) -> PodSpec:
    """Its command under the loop; arguments follow it as before. Ends with 0, or with the last try's own code."""
    numbers = (min(retry.initial_seconds, retry.max_seconds), retry.max_seconds, retry.attempts)
    return pod.model_copy(update={"command": ("/bin/sh", "-c", LOOP, "retry", *map(str, numbers), *pod.command)})
