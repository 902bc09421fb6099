#!/usr/bin/env bash
# A tour of the HTTP API of a Durable Streams server with curl: prints each command and its response, and exits with
# status 1 at an unexpected response. Its argument is the address of the server; it needs bash and curl. The names of
# its streams are unique to each run, and the streams are deleted at the end.
#
#   examples/tour.sh http://localhost:4437

set -euo pipefail

server=${1:-http://localhost:4437}
root="${server%/}/v1/stream"
tour="tour-$(date +%s)-$$"
streams="$root/$tour"

if ! curl -s -o /dev/null --max-time 5 "$root/"; then
  printf 'No server responds at %s. To start one, in another shell:\n' "$server" >&2
  printf '  bin/ds serve\n' >&2
  exit 1
fi

work=$(mktemp -d)
tail_offset=''
following=''
clean_up() {
  [ -z "$following" ] || kill "$following" 2> "$work/killed" || true
  for name in notes copy events orders log session; do
    curl -s -o "$work/deleted" -X DELETE "$streams/$name" || true
  done
  rm -rf "$work"
}
trap clean_up EXIT

if [ -t 1 ]; then bold=$'\e[1m' faint=$'\e[2m' plain=$'\e[0m'; else bold='' faint='' plain=''; fi

# ---- helpers ----

chapter() {
  printf '\n%s%s%s\n' "$bold" "$1" "$plain"
}

fail() {
  printf '\nUnexpected: %s\n' "$1" >&2
  exit 1
}

# Prints a curl command as a user would type it, with the variable $streams.
print_command() {
  printf '\n$ curl'
  local word
  for word in "$@"; do
    case $word in
      "$streams"/*) printf ' "$streams%s"' "${word#"$streams"}" ;;
      *[!A-Za-z0-9_./:=-]*) printf " '%s'" "$word" ;;
      *) printf ' %s' "$word" ;;
    esac
  done
}

# Prints the response of a command without the headers that this tour does not explain; the checks use the file.
print_response() {
  tr -d '\r' < "$work/response" > "$work/clean"
  awk -v faint="$faint" -v plain="$plain" '
    body { print body == 1 ? "\n" $0 : $0; body = 2; next }
    /^$/ { body = 1; next }
    /^(HTTP|Content-Type|Location|Stream-|Producer-)/ { print faint $0 plain }
  ' "$work/clean" > "$work/shown"
  print_file shown
}

# Prints a file, and a line end after it if it has none.
print_file() {
  cat "$work/$1"
  [ -z "$(tail -c 1 "$work/$1")" ] || printf '\n'
}

# step STATUS CURL-ARGUMENT...
step() {
  local expected=$1
  shift
  print_command -i "$@"
  printf '\n'
  curl -sS -i "$@" > "$work/response"
  print_response
  local status
  status=$(awk 'NR == 1 { print $2 }' "$work/clean")
  [ "$status" = "$expected" ] || fail "status $status instead of $expected"
  tail_offset=$(header Stream-Next-Offset)
}

# The value of a header of the last response; empty if it has none.
header() {
  awk -v name="$1: " '
    /^$/ { exit }
    index(tolower($0), tolower(name)) == 1 { print substr($0, length(name) + 1) }
  ' "$work/clean"
}

body() {
  awk 'body { print } /^$/ { body = 1 }' "$work/clean"
}

expect_body() {
  [ "$(body)" = "$1" ] || fail "the body is not: $1"
}

expect_header() {
  [ "$(header "$1")" = "$2" ] || fail "$1 is '$(header "$1")' instead of '$2'"
}

# follow NAME CURL-ARGUMENT...: starts a command in the background that waits for new data.
follow() {
  local name=$1
  shift
  print_command "$@"
  printf ' &\n'
  curl -sS --max-time 20 "$@" > "$work/$name" &
  following=$!
  # If the append reached the server before this request, the command would not wait.
  sleep 0.5
}

# followed NAME TEXT: waits for the end of that command, prints its response, and checks that it contains the text.
followed() {
  wait "$following" || fail "the command that followed the stream ended with status $?"
  following=''
  printf '\n%s... and the command that waited prints:%s\n' "$faint" "$plain"
  print_file "$1"
  grep -qF -- "$2" "$work/$1" || fail "the command that followed the stream did not print: $2"
}

text='Content-Type: text/plain'
json='Content-Type: application/json'

# ---- the tour ----

printf '$ streams=%s\n' "$streams"

chapter '1. Create a stream, append to it, read it'
step 201 -X PUT "$streams/notes" -H "$text" -d 'hello'
step 204 -X POST "$streams/notes" -H "$text" -d ' world'
world=$tail_offset
step 200 "$streams/notes"
expect_body 'hello world'
expect_header Stream-Up-To-Date true

chapter '2. Continue from an offset: read only what was appended since'
step 204 -X POST "$streams/notes" -H "$text" -d ', again'
step 200 "$streams/notes?offset=$world"
expect_body ', again'
step 200 --head "$streams/notes"
again=$tail_offset

chapter '3. Follow live by long-poll: the response waits for new data'
follow polled "$streams/notes?live=long-poll&offset=$again"
step 204 -X POST "$streams/notes" -H "$text" -d '!'
followed polled '!'

chapter '4. Follow live by server-sent events until the stream is closed'
follow events -N "$streams/notes?live=sse&offset=now"
step 204 -X POST "$streams/notes" -H "$text" -d ' One more,'
step 204 -X POST "$streams/notes" -H "$text" -H 'Stream-Closed: true' -d ' and the last.'
expect_header Stream-Closed true
followed events '"streamClosed":true'

chapter '5. A closed stream accepts no appends'
step 409 -X POST "$streams/notes" -H "$text" -d 'too late'
expect_header Stream-Closed true
step 200 "$streams/notes"
expect_body 'hello world, again! One more, and the last.'
expect_header Stream-Closed true

chapter '6. Fork the stream at an offset, without a copy, and append to the fork'
step 201 -X PUT "$streams/copy" -H "Stream-Forked-From: /v1/stream/$tour/notes" -H "Stream-Fork-Offset: $world"
step 204 -X POST "$streams/copy" -H "$text" -d ' and moon'
step 200 "$streams/copy"
expect_body 'hello world and moon'

chapter '7. A JSON stream consists of messages; an array is a batch'
step 201 -X PUT "$streams/events" -H "$json"
step 204 -X POST "$streams/events" -H "$json" -d '{"n":1}'
step 204 -X POST "$streams/events" -H "$json" -d '[{"n":2},{"n":3}]'
step 200 "$streams/events"
expect_body '[{"n":1},{"n":2},{"n":3}]'
step 400 -X POST "$streams/events" -H "$json" -d '{"n":'

chapter '8. A producer numbers its requests and may repeat them: 200 means new, 204 a duplicate'
step 201 -X PUT "$streams/orders" -H "$json"
producer=(-H 'Producer-Id: shop' -H 'Producer-Epoch: 0')
step 200 -X POST "$streams/orders" -H "$json" "${producer[@]}" -H 'Producer-Seq: 0' -d '{"order":"tea"}'
step 204 -X POST "$streams/orders" -H "$json" "${producer[@]}" -H 'Producer-Seq: 0' -d '{"order":"tea"}'
step 409 -X POST "$streams/orders" -H "$json" "${producer[@]}" -H 'Producer-Seq: 2' -d '{"order":"cake"}'
expect_header Producer-Expected-Seq 1
step 200 "$streams/orders"
expect_body '[{"order":"tea"}]'

chapter '9. Retention keeps the latest messages; the response to a read of older ones contains the earliest offset'
step 201 -X PUT "$streams/log" -H "$json" -H 'Stream-Retention-Max-Messages: 2'
beginning=$tail_offset
for n in 1 2 3 4; do
  step 204 -X POST "$streams/log" -H "$json" -d "{\"line\":$n}"
done
step 410 "$streams/log?offset=$beginning"
earliest=$(header Stream-Earliest-Offset)
[ -n "$earliest" ] || fail 'Stream-Earliest-Offset is missing'
step 200 "$streams/log?offset=$earliest"
expect_body '[{"line":3},{"line":4}]'

chapter '10. Time to live: a stream without reads and writes for two seconds expires'
step 201 -X PUT "$streams/session" -H "$text" -H 'Stream-TTL: 2' -d 'here'
step 200 --head "$streams/session"
expect_header Stream-TTL 2
sleep 3
printf '\n%s... three seconds later:%s\n' "$faint" "$plain"
step 404 "$streams/session"

chapter '11. Delete'
step 204 -X DELETE "$streams/events"
step 404 "$streams/events"

printf '\n%sAll responses were as expected.%s\n' "$bold" "$plain"
