//! Tests of collections, arrays and time-bucketed logs: those of Python are read and continued, and
//! Python accepts ours.

mod big_array;
mod check;
mod collection;
mod database;
mod time_bucketed_log;
