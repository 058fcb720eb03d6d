#!/bin/sh
# Asks Schemathesis to look for answers of the API that its description does not allow.
# Usage: tests/schemathesis.sh PROGRAM VENV   (SHANZHI_EXAMPLES: requests for each operation)
set -eu
here=$(cd "$(dirname "$0")" && pwd)
program=$1
schemathesis=$2/bin/schemathesis
dir=$(mktemp -d)
pid=""
cleanup() {
    [ -z "$pid" ] || kill "$pid" 2>/dev/null || true
    [ -z "$pid" ] || wait "$pid" 2>/dev/null || true
    rm -rf "$dir"
}
trap cleanup EXIT INT TERM

"$program" serve --demo 60 --data "$dir/data" --listen 127.0.0.1:0 --json >"$dir/said" 2>"$dir/log" &
pid=$!
tries=0
until grep -q '"address"' "$dir/said"; do
    tries=$((tries + 1))
    [ "$tries" -lt 120 ] || { echo "the server did not start"; cat "$dir/log"; exit 1; }
    sleep 0.5
done
address=$(sed 's/.*"address":"\([^"]*\)".*/\1/' "$dir/said")

# Everyone sees other things: the county's director, a mediator of a village, an auditor.
for login in county-director village-mediator audit; do
    token=$("$program" --data "$dir/data" account token "$login")
    echo "schemathesis as $login"
    "$schemathesis" --config-file "$here/schemathesis.toml" run "$address/api/openapi.json" \
        --header "Authorization: Bearer $token" --max-examples "${SHANZHI_EXAMPLES:-60}" --seed 1 \
        --continue-on-failure --no-color --warnings off >"$dir/report" 2>&1 || { cat "$dir/report"; exit 1; }
    sed -n '/^Test cases/,$p' "$dir/report"
done
if grep -E '"level":"ERROR"' "$dir/log"; then
    echo "the server logged errors"
    exit 1
fi
