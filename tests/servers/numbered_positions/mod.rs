//! Tests of an application sequence built by hand: events on Cassandra, and references to them in a
//! big array at positions from Redis. Writers are killed between the two steps, and Redis loses its
//! memory; a follower sees each event once and in order.

mod domain;
mod follower;
mod kills;
mod losses;
#[path = "../../../es-redis/tests/suite/own_server.rs"]
#[allow(dead_code, reason = "not all tests freeze a server")]
mod own_server;
mod python;
mod system;
mod writer;

use std::env;
use std::pin::Pin;

use libtest_mimic::Trial;
use system::System;

use crate::python::VARIABLE as PYTHON;

/// The variables with the addresses of the servers, `cassandra://host:port/keyspace` and
/// `redis://host:port`.
const CASSANDRA: &str = "ES_CASSANDRA_URL";
const REDIS: &str = "ES_REDIS_URL";

type Case = fn(System) -> Pin<Box<dyn Future<Output = System> + Send>>;

macro_rules! cases {
    ($($module:ident::$name:ident needs $needs:expr),* $(,)?) => {
        &[$((stringify!($name), $needs, |system| Box::pin($module::$name(system)))),*]
    };
}

const CASES: &[(&str, &[&str], Case)] = cases![
    kills::killed_writers_lose_numbers_but_no_event needs &[CASSANDRA, REDIS],
    losses::a_redis_that_loses_its_state_repeatedly_loses_no_event needs &[CASSANDRA, REDIS],
    losses::without_redis_events_are_stored_and_positioned_later needs &[CASSANDRA, REDIS],
    python::python5_writes_and_reads_the_same_array_with_numbers_of_the_same_counter
        needs &[CASSANDRA, REDIS, PYTHON],
];

pub(crate) fn trials() -> Vec<Trial> {
    let trial = |(name, needs, case): &(&str, &[&str], Case)| {
        let case = *case;
        let trial = Trial::test(format!("numbered_positions::{name}"), move || {
            tokio::runtime::Runtime::new()?.block_on(async {
                case(System::new()).await.drop().await;
            });
            Ok(())
        });
        trial.with_ignored_flag(needs.iter().any(|variable| env::var_os(variable).is_none()))
    };
    CASES.iter().map(trial).collect()
}
