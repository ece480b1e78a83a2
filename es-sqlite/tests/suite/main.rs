//! The contract, the torture test, and the cases of this store only: its files, tables and locks.

mod contract;
mod django;
mod dropped;
mod faults;
mod files;
mod tables;
mod test_folder;
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
    django::tables_of_django_are_read_unchanged,
    django::tables_of_django_are_written_in_their_format,
    django::a_django_table_with_times_is_read_in_the_order_of_times,
    dropped::record_managers_leave_no_transaction,
    dropped::read_models_in_a_file_leave_no_transaction,
    dropped::read_models_in_memory_leave_no_transaction,
    faults::a_database_locked_by_another_program_is_unavailable_until_unlocked,
    faults::a_lock_file_held_by_another_process_makes_the_database_unavailable_until_released,
    faults::a_full_disk_is_an_error_and_stored_events_remain,
    faults::a_removed_or_replaced_file_acknowledges_no_appends,
    faults::a_file_that_is_not_a_database_is_refused_and_not_changed,
    faults::a_damaged_file_is_reported_as_damaged,
    faults::a_path_to_a_missing_folder_is_reported_and_nothing_is_created,
    faults::a_directory_is_refused,
    faults::a_read_only_database_is_not_written,
    faults::a_text_that_is_too_large_fails_alone,
    faults::several_callers_may_create_a_database_concurrently,
    tables::ids_are_16_bytes_and_texts_are_texts,
    tables::times_are_seconds_in_floats_and_whole_ones_in_integers,
    tables::a_time_that_a_float_cannot_hold_is_refused,
    tables::a_damaged_row_is_named,
    tables::a_damaged_row_without_a_record_id_is_named_by_its_position,
    tables::a_table_with_another_schema_is_refused_with_each_reason,
    tables::a_compatible_table_of_another_program_is_used_unchanged,
    tables::a_connection_of_the_user_is_read_and_written,
    tables::a_table_is_shared_while_open_and_reopened_after_close,
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
