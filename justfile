# What a contributor types; `just --list` shows it. The recipes are one line each: what they run stands in scripts/.

# Formatting, lints and docs, with warnings denied.
check:
    scripts/check.sh

# All tests, with what they need installed and started first.
test:
    scripts/test.sh

# The messages of the macros; `just ui overwrite` takes what the compiler says now.
ui mode="compare":
    TRYBUILD={{ mode }} cargo test --all-features --test ui

# The same tests beside sqlx, and with the features of serde_json that change its maps and numbers.
neighbours:
    scripts/neighbours.sh

# PostgreSQL, MariaDB, Redis and Cassandra on loopback: `just services up`, `down`, `status`.
services action="up":
    scripts/services.sh {{ action }}

# A ring of three nodes of Cassandra under load, with nodes that are killed or stand still.
cassandra-cluster:
    scripts/cassandra-cluster.sh

# The ratios of the hot paths, each in one run.
bench:
    cargo bench --workspace

# The documentation, opened in a browser.
doc:
    cargo doc --workspace --no-deps --open

# Licences, advisories and duplicates of the dependencies; needs cargo-deny.
deny:
    cargo deny check
