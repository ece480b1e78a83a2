//! Collections, arrays and time-bucketed logs of the Python library's stores, read and continued; and ours, which it
//! checks.

mod big_array;
mod check;
mod collection;
mod database;
mod time_bucketed_log;
