//! Notification logs over big arrays.

mod array_log;
mod big_array;
mod stop_at_gap;

pub use self::array_log::{ArrayItem, ArrayNotificationLog, ItemArray};
