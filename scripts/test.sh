#!/usr/bin/env bash
# All tests: installs and starts what they need, then runs them, those that plain `cargo test` reports as ignored too. A
# store whose server is missing fails here.
set -euo pipefail
cd "$(dirname "$0")/.."
services=$PWD/.services
scripts/fetch.sh
# Before the servers come, which want the processors too.
cargo test --workspace --all-features --no-run
scripts/services.sh up
scripts/services.sh up cassandra-tls
export ES_PYTHON5=$services/python5/bin/python
export ES_POSTGRES_URL=postgresql://es@127.0.0.1:55432/es
export ES_MYSQL_URL=mysql://es@127.0.0.1:53306/es
export ES_CASSANDRA_URL=cassandra://127.0.0.1:59042/es
export ES_REDIS_URL=redis://127.0.0.1:56379
# The certificates that the servers are checked against.
export ES_TLS=$services/tls
tls="sslmode=verify-full&sslrootcert=$ES_TLS/ca.pem"
export ES_CASSANDRA_TLS_URL="cassandra://cassandra:cassandra@127.0.0.1:59142/es?$tls"
# These servers are ours: the torture test may kill them.
export ES_TORTURE_KILLS_SERVERS=1
cargo test --workspace --all-features -- --include-ignored
cargo run --quiet --example quickstart
cargo run --quiet --example arrays_and_logs
cargo run --quiet --example heartbeat
cargo run --quiet --example python_store --features jiff -- "${ES_PYTHON5_VECTORS:-tests/python5/vectors}"
