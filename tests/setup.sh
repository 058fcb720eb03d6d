#!/bin/sh
# Installs what the tests need and the machine lacks: PostgreSQL, Chromium with Chinese fonts, packages of Node, a Python of its
# own.
# Usage: tests/setup.sh DIR (where the Python environment goes)
set -eu
here=$(cd "$(dirname "$0")" && pwd)
dir=$1
mkdir -p "$dir"

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }

missing=""
[ -x /usr/lib/postgresql/15/bin/initdb ] || missing="$missing postgresql-15"
[ -x /usr/bin/chromium ] || missing="$missing chromium"
[ -n "$(find /usr/share/fonts -name 'NotoSerifCJK*' 2>/dev/null | head -1)" ] || missing="$missing fonts-noto-cjk"
python3 -c 'import venv, ensurepip' 2>/dev/null || missing="$missing python3-venv"
if [ -n "$missing" ]; then
    echo "installing$missing"
    as_root apt-get update -qq
    # shellcheck disable=SC2086
    DEBIAN_FRONTEND=noninteractive as_root apt-get install -qq -y --no-install-recommends $missing >"$dir/apt.log" 2>&1 ||
        { cat "$dir/apt.log"; exit 1; }
fi

if ! cmp -s "$here/requirements.txt" "$dir/venv/requirements.txt"; then
    rm -rf "$dir/venv"
    python3 -m venv "$dir/venv"
    "$dir/venv/bin/pip" install --quiet --disable-pip-version-check -r "$here/requirements.txt"
    cp "$here/requirements.txt" "$dir/venv/requirements.txt"
fi

for packages in node browser; do
    if ! cmp -s "$here/$packages/package-lock.json" "$here/$packages/node_modules/installed-lock.json"; then
        (cd "$here/$packages" && npm ci --silent --no-audit --no-fund)
        cp "$here/$packages/package-lock.json" "$here/$packages/node_modules/installed-lock.json"
    fi
done
