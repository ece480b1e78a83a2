#!/usr/bin/env bash
# Fetches the servers for the tests, and Python with the library whose formats this project supports. It waits for the network, so it can
# run beside the compiler.
set -euo pipefail
cd "$(dirname "$0")/.."
python5=$PWD/.services/python5
scripts/services.sh install
# An older environment may lack the drivers of the servers.
if ! "$python5/bin/python" -c 'import eventsourcing, psycopg2, pymysql, cassandra' 2>/dev/null; then
    scripts/python5/setup.sh "$python5" --sql --cassandra
fi
