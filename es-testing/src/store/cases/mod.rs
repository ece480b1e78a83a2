//! The cases of the contract suite, one file per subject.

mod appending;
mod concurrency;
mod lifecycle;
mod maintenance;
mod reading;
mod record_ids;

use super::case::Case;

/// Declares one case per function, under the function's name. The compiler reports an unlisted
/// function as dead code.
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
