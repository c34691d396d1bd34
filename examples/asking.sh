# shellcheck shell=bash
# shellcheck disable=SC2034 # some of the variables are for those who source this
# Asking a gateway, and saying what must come back; for walkthrough.sh and kind/demo. Whoever sources this has set $front (the
# gateway's URL) and $work (a folder), and has a function `fail MESSAGE` that ends the script.
#
#   ask MODEL [CURL…]   posts a chat; sets $status, $body and $headers, and $model and $pod from them
#   step TEXT           says what was just shown
#   is WHAT A B         ends the script unless A is B;  has WHAT A B: unless A contains B
#   within SECONDS …    repeats a command until it succeeds
#   counted             sums up lines: 90 this, 10 that
#   field PATH          prints a value from JSON on standard input: field '["data"][0]["id"]'
#
# Where a gateway does not read bodies, $says_model is set, and requests say the model in headers too.

number=0
says_model=''
status='' body='' headers='' model='' pod=''

chat_for() { printf '{"model":"%s","messages":[{"role":"user","content":"Who are you?"}],"max_tokens":8}' "$1"; }

ask() {
  local asked="$1"
  shift
  if [ -n "$says_model" ]; then
    set -- -H "X-Gateway-Model-Name: $asked" -H "X-Gateway-Base-Model-Name: $asked" "$@"
  fi
  : >"$work/headers"
  : >"$work/body"
  status="$(curl -s -D "$work/headers" -o "$work/body" -w '%{http_code}' "$front/v1/chat/completions" \
    -H 'Content-Type: application/json' -d "$(chat_for "$asked")" "$@")" || status="none: curl ended with $?"
  body="$(cat "$work/body")"
  headers="$(tr -d '\r' <"$work/headers")"
  model="$(sed -nE 's/^.*"model":"([^"]*)".*$/\1/p' <<<"$body")"
  pod="$(sed -nE 's/^x-inference-pod: (.*)$/\1/Ip' <<<"$headers")"
}

step() {
  number=$((number + 1))
  echo "$number. $*"
}

is() { [ "$2" = "$3" ] || fail "$1 is '$2' instead of '$3'${body:+; the last answer was: $body}"; }

has() {
  case "$2" in
    *"$3"*) ;;
    *) fail "$1 has no '$3': '$2'" ;;
  esac
}

within() {
  local deadline=$((SECONDS + $1 + 1))
  shift
  until "$@"; do
    [ "$SECONDS" -lt "$deadline" ] || return 1
    sleep 0.05
  done
}

# The answer to MODEL has the status WANTED; for `within`.
answers() {
  ask "$1" "${@:3}"
  [ "$status" = "$2" ]
}

field() { python3 -c "import json, sys; print(json.load(sys.stdin)$1)"; }

counted() { sort | uniq -c | awk '{ printf "%s%s %s", (NR > 1 ? ", " : ""), $1, $2 }'; }
