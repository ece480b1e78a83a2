//! The contract, the torture test, and the cases of this store only: its files, tables and locks.

mod contract;
mod django;
mod dropped;
mod faults;
mod files;
mod place;
mod tables;
mod torture;

use std::pin::Pin;
use std::process::ExitCode;

use es_testing::store::run_in_turns;
use libtest_mimic::Trial;
use tokio::runtime::Builder;

type Case = (&'static str, fn() -> Pin<Box<dyn Future<Output = ()>>>);

macro_rules! cases {
    ($($module:ident::$name:ident),* $(,)?) => {
        &[$((concat!(stringify!($module), "::", stringify!($name)), || Box::pin($module::$name()))),*]
    };
}

const CASES: &[Case] = cases![
    django::tables_that_django_made_are_read_as_they_are,
    django::tables_that_django_made_are_written_in_their_form,
    django::a_table_of_times_that_django_made_is_read_in_their_order,
    dropped::record_managers_leave_no_transaction,
    dropped::read_models_in_a_file_leave_no_transaction,
    dropped::read_models_in_memory_leave_no_transaction,
    faults::a_database_that_a_foreign_program_locks_is_unavailable_until_it_lets_go,
    faults::a_lock_that_another_process_keeps_makes_the_database_unavailable_until_it_lets_go,
    faults::a_full_disk_is_told_and_what_was_kept_stays,
    faults::a_file_that_is_removed_or_replaced_acknowledges_nothing_more,
    faults::a_file_that_is_no_database_is_refused_and_left_alone,
    faults::a_damaged_file_is_told_as_damaged,
    faults::a_path_that_leads_nowhere_is_told_and_nothing_is_made,
    faults::a_directory_is_no_database,
    faults::what_is_opened_to_be_read_is_not_written,
    faults::a_text_that_is_too_large_fails_alone,
    faults::many_may_make_one_database_at_the_same_time,
    tables::ids_are_16_bytes_and_texts_are_texts,
    tables::times_are_seconds_in_floats_and_whole_ones_in_integers,
    tables::a_time_that_a_float_cannot_hold_is_refused,
    tables::a_damaged_row_is_named,
    tables::a_damaged_row_without_a_record_id_is_named_by_its_place,
    tables::a_table_that_does_not_fit_is_refused_with_each_reason,
    tables::a_table_that_others_made_otherwise_is_used_as_it_is,
    tables::a_connection_of_the_users_own_is_read_and_written,
    tables::a_table_is_opened_once_and_again_after_it_was_closed,
];

fn main() -> ExitCode {
    if torture::is_writer() {
        return ExitCode::SUCCESS;
    }
    let directory = tempfile::tempdir().expect("a directory");
    let mut trials = contract::trials(directory.path());
    trials.extend(CASES.iter().map(trial));
    run_in_turns([trials, vec![torture::trial(directory.path())]])
}

fn trial((name, case): &Case) -> Trial {
    let case = *case;
    Trial::test(*name, move || {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(case());
        Ok(())
    })
}
