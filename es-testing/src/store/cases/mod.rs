//! The cases, a file each for what they are about.

mod appending;
mod concurrency;
mod lifecycle;
mod maintenance;
mod reading;
mod record_ids;

use super::case::Case;

/// A case for each function, named after it. A function that is missing here is a compiler's warning.
macro_rules! cases {
    ($($promise:ident),* $(,)?) => {
        pub(super) const CASES: &[$crate::store::case::Case] = &[$($crate::store::case::Case {
            promise: stringify!($promise),
            check: |fixture| Box::pin($promise(fixture)),
        }),*];
    };
}
use cases;

pub(super) const CASES: &[&[Case]] = &[
    appending::CASES,
    record_ids::CASES,
    reading::CASES,
    concurrency::CASES,
    lifecycle::CASES,
    maintenance::CASES,
];
