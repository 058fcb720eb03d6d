#!/bin/sh
# The pages in real Chromium: journeys of people, accessibility, width, content security policy.
# Usage: tests/browser.sh PROGRAM SHOTS (where screenshots go)
set -eu
here=$(cd "$(dirname "$0")" && pwd)
program=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
mkdir -p "$2"
shots=$(cd "$2" && pwd)
data=$(mktemp -d)
trap 'rm -rf "$data"' EXIT INT TERM
cd "$here/browser"
for play in pages dispute meetings notices registers; do
    timeout 600 node "$play.mjs" "$program" "$data/$play" "$shots"
done
