#!/usr/bin/env bash
# Runs the cluster test: three Cassandra nodes, one of which is killed or paused while others write. Duration:
# ES_TORTURE_SECONDS, by default a minute. The nodes go down at the end, also after a failure.
set -euo pipefail
cd "$(dirname "$0")/.."
port=${ES_CASSANDRA_CLUSTER_PORT:-59242}
cargo test -p es-cassandra --all-features --test cluster --no-run
trap 'scripts/services.sh down cassandra-cluster' EXIT
scripts/services.sh up cassandra-cluster
nodes=127.0.0.1:$port,127.0.0.2:$port,127.0.0.3:$port
export ES_CASSANDRA_CLUSTER_URL="cassandra://$nodes/es?replication_factor=3&consistency=QUORUM"
cargo test -p es-cassandra --all-features --test cluster -- --nocapture
