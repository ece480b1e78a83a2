#!/usr/bin/env bash
# What the tests need besides the compiler: the servers, and Python with the library whose formats we keep. It waits for the
# network, and can do so while the compiler works.
set -euo pipefail
cd "$(dirname "$0")/.."
python5=$PWD/.services/python5
scripts/services.sh install
# The drivers of the servers are what an older environment lacks.
if ! "$python5/bin/python" -c 'import eventsourcing, psycopg2, pymysql, cassandra' 2>/dev/null; then
    scripts/python5/setup.sh "$python5" --sql --cassandra
fi
