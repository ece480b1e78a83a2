#!/usr/bin/env bash
# Installs and starts the servers that the tests need, then runs all tests, including those that plain `cargo test` reports as
# ignored. A missing server is a failure here.
set -euo pipefail
cd "$(dirname "$0")/.."
services=$PWD/.services
scripts/fetch.sh
# Compile before the servers start, because they need the processors too.
cargo test --workspace --all-features --no-run
scripts/services.sh up
scripts/services.sh up cassandra-tls
export ES_PYTHON5=$services/python5/bin/python
export ES_POSTGRES_URL=postgresql://es@127.0.0.1:55432/es
export ES_MYSQL_URL=mysql://es@127.0.0.1:53306/es
export ES_CASSANDRA_URL=cassandra://127.0.0.1:59042/es
export ES_REDIS_URL=redis://127.0.0.1:56379
# The certificates against which the servers are verified.
export ES_TLS=$services/tls
tls="sslmode=verify-full&sslrootcert=$ES_TLS/ca.pem"
export ES_CASSANDRA_TLS_URL="cassandra://cassandra:cassandra@127.0.0.1:59142/es?$tls"
# The torture test may kill these servers, because this script started them.
export ES_TORTURE_KILLS_SERVERS=1
cargo test --workspace --all-features -- --include-ignored
# The examples that are not tests. They were built together with the tests.
examples=${CARGO_TARGET_DIR:-target}/debug/examples
"$examples/arrays_and_logs"
"$examples/evolution"
"$examples/python_store" "${ES_PYTHON5_VECTORS:-tests/python5/vectors}"
