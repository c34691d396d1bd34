# shellcheck shell=bash
# shellcheck disable=SC2034 # some of the variables are for those who source this
# What the examples' tests share; each begins with `source ../walkthrough.sh`. Needs bash, curl and python3.
#
#   up FLAGS…           starts `understudy up` in the background on free ports and waits until it is ready
#   down                stops it; it must leave with status 0
#   understudy VERB …   get, apply, delete and so on against it
#
# and what asking.sh has: ask, answers, step, is, has, within, counted, field.

set -euo pipefail
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
cd "$(dirname "${BASH_SOURCE[1]}")"
binary="${UNDERSTUDY_BINARY:-$root/.build/release/understudy}"
work="$(mktemp -d)"
fleet=''
front='' admin_port='' metrics=''
# shellcheck source=examples/asking.sh
source "$root/examples/asking.sh"

fail() {
  echo "FAILED: $*" >&2
  if [ -s "$work/log" ]; then
    echo "--- the end of the log of understudy up:" >&2
    tail -n 20 "$work/log" >&2
  fi
  exit 1
}

cleanup() {
  local job
  for job in $(jobs -p); do kill "$job" 2>/dev/null || true; done
  if [ -n "$fleet" ]; then
    (sleep 5 && kill -KILL "$fleet") 2>/dev/null &
    job=$!
    wait "$fleet" 2>/dev/null || true
    kill "$job" 2>/dev/null || true
  fi
  rm -rf "$work"
}
trap cleanup EXIT
trap 'exit 1' INT TERM
trap 'echo "FAILED: line $LINENO: $BASH_COMMAND" >&2' ERR

[ -x "$binary" ] || fail "no binary at '$binary': run scripts/build, or name one in UNDERSTUDY_BINARY"

url_named() {
  sed -nE "s/.* ready .*\b$1=\"?(https?:\/\/[^ \"]+).*/\1/p" "$work/log" | head -n 1
}

is_ready() {
  kill -0 "$fleet" 2>/dev/null || fail "understudy up ended before it was ready"
  [ -n "$(url_named url)" ]
}

# The port of http://host:port/path
port_in() {
  local port="${1##*:}"
  echo "${port%%/*}"
}

up() {
  : >"$work/log"
  "$binary" up "$@" --port 0 --admin-port 0 --metrics-port 0 >/dev/null 2>"$work/log" &
  fleet=$!
  within 15 is_ready || fail "not ready within 15 s"
  front="http://127.0.0.1:$(port_in "$(url_named url)")"
  metrics="http://127.0.0.1:$(port_in "$(url_named metrics)")"
  admin_port="$(port_in "$(url_named admin)")"
  is 'status of /v1/models' "$(curl -s -o /dev/null -w '%{http_code}' "$front/v1/models")" 200
}

down() {
  local code=0
  kill -TERM "$fleet"
  wait "$fleet" || code=$?
  fleet=''
  is 'exit status of understudy up' "$code" 0
}

understudy() {
  local verb="$1"
  shift
  "$binary" "$verb" "$@" --admin-port "$admin_port"
}
