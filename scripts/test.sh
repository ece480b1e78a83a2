#!/usr/bin/env bash
# All tests: installs and starts what they need, then runs them, those that plain `cargo test` reports as ignored too.
set -euo pipefail
cd "$(dirname "$0")/.."
services=$PWD/.services
if [ ! -x "$services/python5/bin/python" ]; then
    scripts/python5/setup.sh "$services/python5"
fi
export ES_PYTHON5=$services/python5/bin/python
cargo test --workspace --all-features -- --include-ignored
cargo run --quiet --example quickstart
cargo run --quiet --example heartbeat
cargo run --quiet --example python_store --features jiff -- "${ES_PYTHON5_VECTORS:-tests/python5/vectors}"
