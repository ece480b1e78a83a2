//! Sequences on a real server, shared with other programs, and with faults of Redis and of the
//! network.

mod at_least;
mod concurrent;
mod lost_answers;
mod own_server;
mod refusals;
#[cfg(feature = "tls")]
mod tls;

use std::env;
use std::pin::Pin;

use es_redis::{RedisIntegerSequence, RedisOptions};
use es_store::StoreUri;
use libtest_mimic::{Arguments, Trial};
use redis_command::run;
use uuid::Uuid;

type Check = fn() -> Pin<Box<dyn Future<Output = ()> + Send>>;

macro_rules! cases {
    ($($(#[$on:meta])? $module:ident::$name:ident),* $(,)?) => {
        &[$($(#[$on])? (stringify!($name), || Box::pin($module::$name()))),*]
    };
}

const CASES: &[(&str, Check)] = cases![
    concurrent::a_number_is_the_answer_of_incr_minus_one,
    concurrent::concurrent_clients_get_each_number_exactly_once,
    concurrent::databases_have_separate_counters,
    at_least::a_counter_is_raised_and_never_lowered,
    at_least::concurrent_raises_set_the_counter_to_the_highest_number,
    at_least::numbers_beyond_53_bits_are_compared_to_the_last_digit,
    at_least::a_counter_is_raised_after_the_server_lost_its_state,
    lost_answers::a_number_with_a_lost_answer_is_a_hole_and_never_repeated,
    lost_answers::a_paused_server_is_unavailable_until_it_resumes,
    lost_answers::a_stopped_server_is_unavailable_until_it_is_restarted,
    lost_answers::a_restart_between_two_requests_is_tolerated,
    lost_answers::cancelled_requests_do_not_affect_others,
    refusals::a_wrong_password_is_refused_and_appears_in_no_message,
    refusals::a_user_logs_in_with_its_password,
    refusals::a_key_with_another_value_is_refused_by_name,
    refusals::a_missing_database_is_refused_with_a_reason,
    #[cfg(feature = "tls")]
    tls::a_tls_connection_is_verified_by_the_given_certificates,
];

/// The cases that need the Python library.
const WITH_PYTHON: &[(&str, Check)] = cases![concurrent::python5_shares_a_counter_with_the_crate];

/// The environment variable with the URI of the server, `redis://host:port`.
const VARIABLE: &str = "ES_REDIS_URL";
/// The environment variable with the interpreter that has the library; `scripts/python5/setup.sh`
/// installs it.
const PYTHON: &str = "ES_PYTHON5";

fn main() {
    let is_set = |variable| env::var_os(variable).is_some();
    let trial = |(name, check): &(&str, Check), is_available: bool| {
        let check = *check;
        let trial = Trial::test(format!("redis::{name}"), move || {
            tokio::runtime::Runtime::new()?.block_on(check());
            Ok(())
        });
        trial.with_ignored_flag(!is_available)
    };
    let server = is_set(VARIABLE);
    let python = server && is_set(PYTHON);
    let alone = CASES.iter().map(|case| trial(case, server));
    let with_python = WITH_PYTHON.iter().map(|case| trial(case, python));
    let trials = alone.chain(with_python).collect();
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}

/// Returns the options of the server that the tests share.
fn shared() -> RedisOptions {
    let uri = env::var(VARIABLE).unwrap_or_else(|_| panic!("{VARIABLE} is not set"));
    let uri = StoreUri::parse(&uri).expect("a URI");
    RedisOptions::try_from(&uri).expect("an address")
}

/// A counter with a key of its own on the shared server. It is deleted when dropped.
struct Counter {
    options: RedisOptions,
    key: String,
}

impl Counter {
    fn new() -> Self {
        Self {
            options: shared(),
            key: RedisIntegerSequence::key_for(Uuid::new_v4()),
        }
    }

    fn numbers(&self) -> RedisIntegerSequence {
        sequence(&self.options, &self.key)
    }

    /// Returns the value of the key.
    fn value(&self) -> String {
        run(&self.options, &["GET", &self.key])
    }
}

impl Drop for Counter {
    fn drop(&mut self) {
        run(&self.options, &["DEL", &self.key]);
    }
}

fn sequence(options: &RedisOptions, key: &str) -> RedisIntegerSequence {
    RedisIntegerSequence::new(options.clone(), key).expect("a sequence")
}

/// Returns the text of an error and its sources.
fn text(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        text = format!("{text}: {error}");
        source = error.source();
    }
    text
}

/// Runs the server's own client, so that checks do not depend on the code under test.
mod redis_command {
    use std::process::Command;

    use es_redis::RedisOptions;

    pub(crate) fn run(options: &RedisOptions, arguments: &[&str]) -> String {
        let output = Command::new("redis-cli")
            .args(["-h", &options.host, "-p", &options.port.to_string()])
            .args(["-n", &options.database.to_string()])
            .args(arguments)
            .output()
            .expect("redis-cli");
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }
}
