#!/usr/bin/env bash
# Runs the tests beside sqlx and with the features of serde_json that change its maps and numbers. They are a package of their
# own, because Cargo would enable the features for the whole workspace.
set -euo pipefail
cd "$(dirname "$0")/.."
export CARGO_TARGET_DIR=$PWD/target/neighbours
cargo test --manifest-path tests/neighbours/Cargo.toml
