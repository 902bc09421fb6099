#!/usr/bin/env bash
# Prints the longest time that a task occupies a loop: the longest response time of /health on a server with one loop,
# while other clients send long requests. Servers take turns, so that their ratio is valid on a busy machine, too.
# usage: bench/holds.sh ROUNDS JAR...
set -eu
rounds=$1
shift
dir=$(mktemp -d)
pid=
trap '[ -z "$pid" ] || kill $pid; wait; rm -rf "$dir"' EXIT

(printf '['; yes 1, | tr -d '\n' | head -c $((8 << 20)); printf '1]') > "$dir/json"
(printf '['; yes '1 , ' | tr -d '\n' | head -c $((8 << 20)); printf '1]') > "$dir/spaced"
(printf '"'; yes 'text ' | tr -d '\n' | head -c $((16 << 20)); printf '"') > "$dir/message"
head -c $((60 << 20)) /dev/zero > "$dir/bytes"

start() { # jar: starts a server, and waits until it responds
  rm -rf "$dir/data"
  java -jar "$1" --port 0 --shards 1 --data-dir "$dir/data" > "$dir/log" 2>&1 & pid=$!
  until url=$(grep -o 'http://[^ /]*:[0-9]*' "$dir/log" | head -1) && curl -sf -o /dev/null "$url/health"; do sleep 0.1; done
}

create() { # stream, curl arguments with header fields
  curl -sf -o /dev/null -X PUT "${@:2}" "$url/v1/stream/$1"
}

holds() { # stream, type, file: appends the file three times; prints the longest time in milliseconds
  curl -s -o /dev/null -w '%{stderr}%{time_total}\n' "$url/health?[1-1000000]" 2> "$dir/times" & local probe=$!
  for _ in 1 2 3; do curl -s -o /dev/null -H "Content-Type: $2" --data-binary "@$dir/$3" "$url/v1/stream/$1"; done
  kill $probe; wait $probe || true
  sort -n "$dir/times" | tail -1 | awk '{ printf "%7d ", $1 * 1000 }'
}

printf '%-40s %7s %7s %7s %7s %7s\n' 'milliseconds' bytes json spaced short events
for _ in $(seq "$rounds"); do
  for jar in "$@"; do
    start "$jar"
    create bytes -H 'Content-Type: application/octet-stream'
    create json -H 'Content-Type: application/json'
    create short -H 'Content-Type: application/json' -H 'Stream-Retention-Max-Messages: 100'
    create events -H 'Content-Type: application/json'
    printf '%-40s ' "$(basename "$jar")"
    holds bytes application/octet-stream bytes
    holds json application/json json
    holds json application/json spaced
    holds short application/json json
    for _ in $(seq 10); do curl -s -o /dev/null "$url/v1/stream/events?offset=-1&live=sse" & done
    holds events application/json message
    echo
    kill $pid; wait $pid || true; wait; pid=
  done
done
