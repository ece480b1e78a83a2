#!/usr/bin/env bash
# Checks that the library with all features builds at the stated Rust version (`rust-version` in Cargo.toml). Installs that toolchain if needed.
# Exits with 3 if it cannot be installed.
set -euo pipefail
cd "$(dirname "$0")/.."
version=$(sed -n 's/^rust-version = "\(.*\)"$/\1/p' Cargo.toml)
toolchain=$version.0
if ! rustup run "$toolchain" rustc --version 2>/dev/null &&
  ! rustup toolchain install "$toolchain" --profile minimal --no-self-update; then
  echo "Rust $toolchain is not installed and cannot be downloaded, so the stated version is not checked" >&2
  exit 3
fi
# Another compiler would replace the outputs in `target`.
export CARGO_TARGET_DIR=$PWD/target/msrv
cargo "+$toolchain" check -p es-rs --all-features
