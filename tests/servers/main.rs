//! Tests that need a server, and tests whose cases are written once for stores with and without a
//! server.
//!
//! A trial without its server, or of a store whose feature is off, is reported as ignored. The
//! groups run one after another, because some depend on the speed of the process.

#![allow(
    clippy::unwrap_used,
    missing_docs,
    unreachable_pub,
    reason = "domains are written as those of a library, and a failed `unwrap` fails its test"
)]

#[cfg(feature = "cassandra")]
mod cassandra_application;
#[cfg(any(feature = "mysql", feature = "postgres"))]
mod databases;
#[allow(clippy::disallowed_names, reason = "Python has these names")]
#[allow(dead_code, reason = "each feature uses some of it")]
#[path = "../../examples/heartbeat/example.rs"]
mod example;
#[cfg(feature = "mysql")]
#[path = "../../es-mysql/tests/suite/server.rs"]
mod mysql_server;
#[cfg(all(feature = "cassandra", feature = "redis"))]
mod numbered_positions;
#[cfg(feature = "postgres")]
#[path = "../../es-postgres/tests/suite/server.rs"]
mod postgres_server;
mod projections;
#[allow(dead_code, reason = "each feature uses some of it")]
#[path = "../support/python.rs"]
mod python;
#[cfg(feature = "cassandra")]
mod python5_cassandra;
#[allow(dead_code, reason = "each feature uses some of it")]
#[path = "../support/python5_domain.rs"]
mod python5_domain;
#[cfg(any(feature = "mysql", feature = "postgres"))]
mod python5_servers;
mod transactions;
#[allow(dead_code, reason = "each feature uses some of it")]
#[path = "../../es-json/tests/suite/vectors.rs"]
mod vectors;

use std::process::ExitCode;

use es_testing::store::run_in_turns;
use libtest_mimic::{Completion, Trial};

fn main() -> ExitCode {
    if projections::become_runner() {
        return ExitCode::SUCCESS;
    }
    let exit_code = run_in_turns([
        absent_features(),
        projections::trials(),
        transactions::trials(),
        #[cfg(any(feature = "mysql", feature = "postgres"))]
        python5_servers::trials(),
        #[cfg(feature = "cassandra")]
        python5_cassandra::trials(),
        #[cfg(feature = "cassandra")]
        cassandra_application::trials(),
        #[cfg(all(feature = "cassandra", feature = "redis"))]
        numbered_positions::trials(),
    ]);
    #[cfg(any(feature = "mysql", feature = "postgres"))]
    databases::drop_all();
    exit_code
}

/// Reports the stores whose cases are not compiled.
fn absent_features() -> Vec<Trial> {
    let features = [
        ("cassandra", cfg!(feature = "cassandra")),
        ("mysql", cfg!(feature = "mysql")),
        ("postgres", cfg!(feature = "postgres")),
        ("redis", cfg!(feature = "redis")),
    ];
    let absent = features.into_iter().filter(|(_, is_on)| !is_on);
    let trial = |(feature, _)| {
        Trial::ignorable_test(format!("{feature}::cases_of_this_feature"), move || {
            Ok(Completion::ignored_with(format!(
                "needs the feature `{feature}`"
            )))
        })
    };
    absent.map(trial).collect()
}
