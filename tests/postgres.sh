#!/bin/sh
# A PostgreSQL 15 to throw away, for tests: its own folder, a free port of the loopback, one role
# without a password. Prints its address and nothing else.
#
#   export SHANZHI_TEST_POSTGRES=$(tests/postgres.sh start /tmp/shanzhi-pg)
#   tests/postgres.sh stop /tmp/shanzhi-pg
set -eu

say() { echo "$*" >&2; }
fail() { say "postgres.sh: $*"; exit 1; }

[ $# -eq 2 ] || fail "usage: postgres.sh start DIR | stop DIR"
act=$1
mkdir -p "$2"
dir=$(cd "$2" && pwd -P)
data=$dir/data

binaries() {
    for bin in ${SHANZHI_POSTGRES_BIN:-} /usr/lib/postgresql/15/bin; do
        [ -x "$bin/initdb" ] && { echo "$bin"; return 0; }
    done
    return 1
}

# Debian's own cluster is of no use here and would take the usual port: its making is switched off.
install_server() {
    [ "$(id -u)" = 0 ] || fail "PostgreSQL 15 is missing: apt-get install postgresql-15"
    say "installing PostgreSQL 15"
    export DEBIAN_FRONTEND=noninteractive
    get='apt-get install -y --no-install-recommends'
    $get postgresql-common >&2 || { apt-get update >&2 && $get postgresql-common >&2; }
    sed -i 's/^#\?create_main_cluster.*/create_main_cluster = false/' /etc/postgresql-common/createcluster.conf
    $get postgresql-15 >&2
}

# The server refuses to run as root. Whoever it runs as must be able to reach the folder.
as_user() {
    if [ "$(id -u)" = 0 ]; then
        (cd "$dir" && runuser -u postgres -- "$@")
    else
        (cd "$dir" && "$@")
    fi
}

running() { [ -s "$data/postmaster.pid" ] && kill -0 "$(head -n 1 "$data/postmaster.pid")" 2>/dev/null; }

free_port() {
    port=$((20000 + ($$ * 7 + $(date +%s) * 131) % 20000))
    while [ $tries -lt 200 ]; do
        tries=$((tries + 1))
        port=$((port + 1))
        # The kernel's own list of listening sockets, with ports in hexadecimal and state 0A.
        grep -qsi ":$(printf %04X "$port") [0-9A-F:]* 0A" /proc/net/tcp /proc/net/tcp6 || return 0
    done
    fail "no free port"
}

# A port may be taken between the look and the start; then the next one is tried.
start_server() {
    tries=0
    for _ in 1 2 3 4 5; do
        free_port
        # 180 connections: test binaries run beside each other, each with several pools.
        if as_user "$bin/pg_ctl" -D "$data" -l "$dir/log" -w -t 60 -s start -o \
            "-p $port -k '$dir' -c listen_addresses=127.0.0.1 -c max_connections=180 -c shared_buffers=64MB" >&2; then
            return 0
        fi
    done
    [ -e "$dir/log" ] && tail -n 5 "$dir/log" >&2
    fail "the server does not start"
}

start() {
    bin=$(binaries) || { install_server; bin=$(binaries) || fail "PostgreSQL 15 could not be installed"; }
    # A socket's name has at most 107 bytes.
    [ ${#dir} -le 80 ] || fail "the folder's name is too long for a socket: $dir"
    if running; then
        port=$(sed -n 4p "$data/postmaster.pid")
    else
        [ "$(id -u)" != 0 ] || chown postgres "$dir"
        [ -s "$data/PG_VERSION" ] || as_user "$bin/initdb" -D "$data" -U shanzhi -A trust -E UTF8 \
            --locale=C --no-sync --no-instructions >"$dir/initdb.log" 2>&1 ||
            { cat "$dir/initdb.log" >&2; fail "initdb failed"; }
        start_server
    fi
    echo "postgres://shanzhi@127.0.0.1:$port/postgres"
}

stop() {
    bin=$(binaries) || return 0
    running || return 0
    as_user "$bin/pg_ctl" -D "$data" -m immediate -w -t 60 -s stop >&2
}

case $act in
    start) start ;;
    stop) stop ;;
    *) fail "usage: postgres.sh start DIR | stop DIR" ;;
esac
