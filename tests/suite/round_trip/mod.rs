//! Events and snapshots that would not be read back as the same values are refused.

#[allow(clippy::option_option, reason = "such fields are refused")]
mod events;
#[allow(clippy::option_option, reason = "such fields are refused")]
mod generated;
#[allow(clippy::option_option, reason = "such fields are refused")]
mod snapshots;
mod special_keys;

use es::Error;
use es::json::Error as JsonError;

/// Returns the path of a value that would be read back as another one.
#[track_caller]
fn changed<T: std::fmt::Debug>(result: es::Result<T>) -> String {
    match result.unwrap_err() {
        Error::InvalidEvent {
            source: JsonError::Changed { path },
            ..
        } => path,
        error => panic!("{error}"),
    }
}

/// Returns the path of a value that could not be read back.
#[track_caller]
fn unreadable<T: std::fmt::Debug>(result: es::Result<T>) -> String {
    match result.unwrap_err() {
        Error::InvalidEvent {
            source: JsonError::Unreadable { path, .. },
            ..
        } => path,
        error => panic!("{error}"),
    }
}
