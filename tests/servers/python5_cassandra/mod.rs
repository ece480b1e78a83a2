//! Cases of keyspaces that Python wrote: they are read on a server and compared at every version,
//! and Python accepts the appended rows.

#![allow(clippy::disallowed_names)]

mod aggregates;
mod application_sequence;
mod keyspace;
mod rows;
mod snapshots;
mod tampered;
mod vectors;

use keyspace::Keyspace;
use libtest_mimic::Trial;

type Case = (&'static str, &'static [&'static str], fn(&'static str));

const CASES: &[Case] = &[
    (
        "rows_are_read_unchanged_and_written_again",
        vectors::STORES,
        |store| run(rows::read_and_written(store)),
    ),
    (
        "queries_have_the_same_results",
        &[
            "plain",
            "integer",
            "timestamp",
            "timeuuid",
            "timestamp_driver312",
        ],
        |store| run(rows::queries(store)),
    ),
    (
        "appends_have_the_expected_outcomes",
        &["integer", "timestamp", "timeuuid"],
        |store| run(rows::attempts(store)),
    ),
    (
        "aggregates_are_the_same_at_every_version",
        &["plain", "snapshots", "encrypted", "salted", "integer"],
        |store| run(aggregates::at_every_version(store)),
    ),
    (
        "chains_of_events_are_unbroken",
        &[
            "plain",
            "snapshots",
            "encrypted",
            "salted",
            "integer",
            "timeuuid",
        ],
        |store| run(aggregates::unbroken(store)),
    ),
    (
        "our_appends_are_accepted",
        &["plain", "snapshots", "encrypted", "salted", "integer"],
        |store| run(aggregates::continued(store)),
    ),
    (
        "a_big_array_is_read_and_our_appends_are_accepted",
        &["bigarray"],
        |store| run(rows::big_array(store)),
    ),
    (
        "snapshots_are_found_by_the_same_bounds",
        &["snapshots"],
        |store| run(snapshots::found(store)),
    ),
    (
        "tampered_stores_are_refused_at_the_damaged_row",
        &[
            "data_byte",
            "event_removed",
            "events_swapped",
            "topic_column",
            "unknown_topic",
            "created_removed",
            "rehashed_middle",
            "encrypted_byte",
            "encrypted_swapped",
            "salted_rehashed_last",
            "timeuuid_removed",
            "array_item",
            "timestamp_sealed",
        ],
        |name| run(tampered::refused(name)),
    ),
    ("a_moved_row_is_refused", &["position_moved"], |name| {
        run(tampered::moved(name));
    }),
    (
        "a_truncated_tail_is_detected_by_its_head",
        &["last_removed"],
        |name| run(tampered::cut_off(name)),
    ),
    (
        "a_false_snapshot_differs_from_a_replay",
        &["snapshot_state"],
        |name| run(tampered::false_snapshot(name)),
    ),
    (
        "our_application_sequence_is_read_by_python",
        &["plain", "salted", "encrypted"],
        |kind| run(application_sequence::read(kind)),
    ),
    (
        "our_long_application_sequence_is_read_by_python",
        &["plain"],
        |kind| run(application_sequence::long(kind)),
    ),
];

pub(crate) fn trials() -> Vec<Trial> {
    let is_available =
        Keyspace::has_server() && std::env::var_os(crate::python::VARIABLE).is_some();
    let trial = |(name, store, check): (&str, &'static str, fn(&'static str))| {
        let trial = Trial::test(
            format!("python5_cassandra::cassandra::{store}::{name}"),
            move || {
                check(store);
                Ok(())
            },
        );
        trial.with_ignored_flag(!is_available)
    };
    let of_each = |(name, stores, check): &Case| {
        let (name, check) = (*name, *check);
        stores.iter().map(move |store| (name, *store, check))
    };
    CASES.iter().flat_map(of_each).map(trial).collect()
}

fn run(check: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(check);
}
