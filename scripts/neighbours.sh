#!/usr/bin/env bash
# The tests again beside sqlx, with the features of serde_json that change its maps and numbers: a package of its own,
# for features are additive and would hold for the whole workspace.
set -euo pipefail
cd "$(dirname "$0")/.."
export CARGO_TARGET_DIR=$PWD/target/neighbours
cargo test --manifest-path tests/neighbours/Cargo.toml
