# The commands of a contributor; `just --list` shows them. Each recipe is one line; the work is in scripts/.

# Check formatting, lints and docs, with warnings denied.
check:
    scripts/check.sh

# Install and start the servers that the tests need, then run all tests.
test:
    scripts/test.sh

# Compare the messages of the macros; `just ui overwrite` accepts the compiler's current messages.
ui mode="compare":
    TRYBUILD={{ mode }} cargo test --all-features --test ui

# Run the tests beside sqlx and with the features of serde_json that change its maps and numbers.
neighbours:
    scripts/neighbours.sh

# Check that the library with all features builds at the Rust version that Cargo.toml states.
msrv:
    scripts/msrv.sh

# Package all crates as they would be published, and build each package.
package:
    cargo package --workspace

# Check for breaking changes of the public API since a commit or tag: `just semver v0.1.0`; needs cargo-semver-checks.
semver revision="HEAD~1":
    cargo semver-checks --workspace --all-features --baseline-rev {{ revision }}

# Run PostgreSQL, MariaDB, Redis and Cassandra on loopback: `just services up`, `down`, `status`.
services action="up":
    scripts/services.sh {{ action }}

# Kill and pause nodes of a three-node Cassandra ring under load.
cassandra-cluster:
    scripts/cassandra-cluster.sh

# Measure the speed ratios of the hot paths, each in one run.
bench:
    cargo bench --workspace

# Build the documentation and open it in a browser.
doc:
    cargo doc --workspace --no-deps --open

# Check licences, advisories and duplicates of the dependencies; needs cargo-deny.
deny:
    cargo deny check
