//! Sequences on a real server, with faults of Redis and of the network, and with other programs.

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
    concurrent::numbers_are_what_incr_answers_less_one,
    concurrent::clients_that_ask_at_once_are_given_each_number_once_and_all_of_them,
    concurrent::databases_count_each_for_itself,
    at_least::a_counter_is_raised_and_never_lowered,
    at_least::those_who_raise_a_counter_at_once_raise_it_to_the_highest,
    at_least::numbers_beyond_53_bits_are_compared_to_the_last_digit,
    at_least::a_server_that_lost_its_memory_is_mended,
    lost_answers::a_number_whose_answer_was_lost_is_a_hole_and_never_given_twice,
    lost_answers::a_server_that_is_silent_is_unavailable_in_time_and_answers_again_later,
    lost_answers::a_server_that_is_down_is_unavailable_and_found_again_when_it_is_up,
    lost_answers::a_restart_between_two_questions_is_not_noticed,
    lost_answers::questions_that_are_given_up_disturb_no_other,
    refusals::a_wrong_password_is_refused_for_good_and_stands_in_no_message,
    refusals::a_user_is_known_by_its_password,
    refusals::a_key_that_holds_something_else_is_named,
    refusals::a_database_that_there_is_not_is_named,
    #[cfg(feature = "tls")]
    tls::an_encrypted_connection_is_checked_against_the_certificate_of_the_authority,
];

/// The cases that need the Python library.
const WITH_PYTHON: &[(&str, Check)] = cases![concurrent::python5_takes_numbers_of_the_same_counter];

/// The variable with the URI of the server, `redis://host:port`.
const VARIABLE: &str = "ES_REDIS_URL";
/// The variable with the interpreter that has the library; `scripts/python5/setup.sh` installs it.
const PYTHON: &str = "ES_PYTHON5";

fn main() {
    let is_there = |variable| env::var_os(variable).is_some();
    let trial = |(name, check): &(&str, Check), is_there: bool| {
        let check = *check;
        let trial = Trial::test(format!("redis::{name}"), move || {
            tokio::runtime::Runtime::new()?.block_on(check());
            Ok(())
        });
        trial.with_ignored_flag(!is_there)
    };
    let server = is_there(VARIABLE);
    let python = server && is_there(PYTHON);
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
