//! Cases of projections on each store: exactly once under kills and contention, dead letters that
//! block only their own aggregates, pauses, takeovers, rebuilds. `ES_PROJECTION_KILLS` and
//! `ES_PROJECTION_EVENTS` make the case with kills longer.

mod cases;
mod contention;
mod domain;
mod ends;
mod kills;
mod logs;
mod measures;
mod memory;
#[cfg(feature = "mysql")]
mod mysql;
#[cfg(any(feature = "mysql", feature = "postgres"))]
mod outages;
mod pausing;
#[cfg(feature = "postgres")]
mod postgres;
mod sqlite;
#[cfg_attr(
    not(any(feature = "mysql", feature = "postgres")),
    allow(dead_code, reason = "cases on servers use the rest")
)]
mod store;
mod tables;
mod topics;

use std::time::Duration;

use libtest_mimic::{Failed, Trial};
use store::Store;

pub(crate) use kills::become_runner;

/// The timeout of a case; a case that takes longer hangs.
const FOREVER: Duration = Duration::from_secs(300);

pub(crate) fn trials() -> Vec<Trial> {
    let mut trials = cases_of::<memory::Memory>();
    trials.extend(cases_of_topics());
    trials.extend(cases_of_sqlite());
    #[cfg(feature = "postgres")]
    trials.extend(cases_of_postgres());
    #[cfg(feature = "mysql")]
    trials.extend(cases_of_mysql());
    trials
}

fn cases_of_sqlite() -> Vec<Trial> {
    let mut trials = cases_of_tables::<sqlite::Sqlite>();
    trials.extend([
        trial(
            "sqlite",
            "a_refused_commit_is_attributed_to_one_event",
            sqlite::refused_commit,
        ),
        trial(
            "sqlite",
            "a_recorder_gets_lag_events_failures_and_dead_letters",
            measures::recorder::run,
        ),
        trial(
            "sqlite",
            "the_progress_bar_shows_the_position",
            measures::bar,
        ),
    ]);
    trials
}

#[cfg(feature = "postgres")]
fn cases_of_postgres() -> Vec<Trial> {
    let mut trials = cases_of_servers::<postgres::Postgres>();
    trials.extend([
        trial(
            "postgres",
            "a_refused_commit_is_attributed_to_one_event",
            postgres::refused_commit,
        ),
        trial(
            "postgres",
            "a_suppressed_failure_is_a_failure_of_the_event",
            postgres::failure_passed_over,
        ),
    ]);
    only_on(&crate::postgres_server::Postgres, trials)
}

#[cfg(feature = "mysql")]
fn cases_of_mysql() -> Vec<Trial> {
    let mut trials = cases_of_servers::<mysql::Mysql>();
    trials.push(trial(
        "mysql",
        "a_statement_that_commits_by_itself_ends_the_projection",
        mysql::statement_that_commits,
    ));
    only_on(&crate::mysql_server::Mysql, trials)
}

#[cfg(any(feature = "mysql", feature = "postgres"))]
fn only_on(server: &dyn es_testing::store::servers::Server, trials: Vec<Trial>) -> Vec<Trial> {
    let trials = trials.into_iter();
    let trials = trials.map(|trial| trial.with_ignored_flag(!server.is_available()));
    trials.collect()
}

/// Cases that do not depend on the read model run on one.
fn cases_of_topics() -> Vec<Trial> {
    let memory = memory::Memory::NAME;
    vec![
        trial(
            memory,
            "aggregates_that_share_a_base_are_distinguished",
            topics::shared_base_of_application,
        ),
        trial(
            memory,
            "aggregates_that_share_a_base_are_distinguished_by_the_log_alone",
            topics::shared_base_of_log,
        ),
        trial(
            memory,
            "an_event_of_another_aggregate_with_the_same_base_has_the_wrong_type",
            topics::others_created,
        ),
    ]
}

fn cases_of_tables<S: ends::Doing>() -> Vec<Trial> {
    let mut trials = cases_of::<S>();
    trials.extend([
        trial(
            S::NAME,
            "a_runner_killed_at_random_handles_each_event_once",
            kills::run::<S>,
        ),
        trial(
            S::NAME,
            "a_rebuild_replaces_the_live_projection",
            tables::rebuild::<S>,
        ),
        trial(
            S::NAME,
            "a_projection_saves_in_the_transaction_of_its_position",
            tables::policy::<S>,
        ),
        trial(
            S::NAME,
            "a_transaction_that_a_handler_ends_ends_the_projection",
            ends::ended_by_handler::<S>,
        ),
    ]);
    trials
}

#[cfg(any(feature = "mysql", feature = "postgres"))]
fn cases_of_servers<S: outages::ServerStore + ends::Doing>() -> Vec<Trial> {
    let mut trials = cases_of_tables::<S>();
    trials.extend([
        trial(
            S::NAME,
            "a_commit_without_an_answer_counts_once",
            outages::lost_commit::<S>,
        ),
        trial(
            S::NAME,
            "a_lost_connection_is_not_a_failure_of_the_event",
            outages::lost_handler::<S>,
        ),
    ]);
    trials
}

fn cases_of<S: Store>() -> Vec<Trial> {
    let name = S::NAME;
    let mut trials = vec![
        trial(
            name,
            "a_read_model_is_the_fold_of_the_log",
            cases::is_fold::<S>,
        ),
        trial(
            name,
            "a_writer_reads_the_result_of_its_own_write",
            cases::own_write::<S>,
        ),
        trial(
            name,
            "a_runner_continues_after_the_last_position_of_the_previous_one",
            cases::restart::<S>,
        ),
        trial(
            name,
            "an_event_that_fails_twice_is_handled_once",
            cases::retry::<S>,
        ),
        trial(name, "a_panic_is_a_failure_of_the_event", cases::panic::<S>),
        trial(
            name,
            "a_poisoned_aggregate_blocks_only_itself",
            cases::poison::<S>,
        ),
        trial(
            name,
            "a_skipped_letter_is_dropped_and_later_ones_are_handled",
            cases::skip::<S>,
        ),
        trial(
            name,
            "letters_behind_a_dead_letter_survive_a_restart",
            cases::parked_restart::<S>,
        ),
        trial(
            name,
            "unavailable_dead_letters_are_awaited",
            cases::letters_away::<S>,
        ),
        trial(
            name,
            "a_paused_projection_handles_nothing_until_it_is_resumed",
            cases::pause::<S>,
        ),
        trial(
            name,
            "a_wait_that_times_out_reports_the_position",
            cases::behind::<S>,
        ),
        trial(
            name,
            "a_removed_projection_ends_and_is_not_created_again",
            cases::removed::<S>,
        ),
        trial(
            name,
            "a_projection_cannot_replace_itself",
            cases::switch_onto_itself::<S>,
        ),
        trial(
            name,
            "another_runner_takes_over_when_the_lease_is_released",
            cases::take_over::<S>,
        ),
        trial(
            name,
            "a_lease_that_is_too_short_or_too_long_is_refused",
            cases::leases::<S>,
        ),
        trial(
            name,
            "two_competing_runners_write_each_event_once",
            contention::run::<S>,
        ),
    ];
    trials.extend(logs_of::<S>());
    trials
}

fn logs_of<S: Store>() -> Vec<Trial> {
    let name = S::NAME;
    vec![
        trial(name, "an_encrypted_log_is_read", logs::encrypted::<S>),
        trial(
            name,
            "the_error_of_an_encrypted_event_is_encrypted",
            logs::encrypted_errors::<S>,
        ),
        trial(
            name,
            "a_projection_beyond_the_end_of_its_log_is_refused",
            logs::beyond::<S>,
        ),
        trial(
            name,
            "the_log_of_another_service_is_followed",
            logs::remote::<S>,
        ),
    ]
}

fn trial<F: Future<Output = ()> + 'static>(store: &str, promise: &str, case: fn() -> F) -> Trial {
    Trial::test(format!("projections::{store}::{promise}"), move || {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()?;
        let ended = runtime.block_on(async { tokio::time::timeout(FOREVER, case()).await });
        ended.map_err(|_| Failed::from("no end"))
    })
}
