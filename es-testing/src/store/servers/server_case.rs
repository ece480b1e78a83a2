//! Cases that run in a new database on a server each.

use std::sync::Arc;

use libtest_mimic::Trial;

use super::Databases;
use crate::store::case::{Check, run};

/// A new database on a server.
pub(super) struct ServerFixture<S: ?Sized> {
    pub(super) server: Arc<S>,
    pub(super) database: String,
}

/// A promise, and the function that checks it and panics if it is broken.
pub(super) struct ServerCase<S: ?Sized> {
    pub(super) promise: &'static str,
    pub(super) check: fn(ServerFixture<S>) -> Check,
}

/// Declares one case per function, under the function's name. The compiler reports an unlisted
/// function as dead code.
macro_rules! server_cases {
    ($server:ty: $($promise:ident),* $(,)?) => {
        pub(super) const CASES: &[$crate::store::servers::server_case::ServerCase<$server>] = &[
            $($crate::store::servers::server_case::ServerCase {
                promise: stringify!($promise),
                check: |fixture| Box::pin($promise(fixture)),
            }),*
        ];
    };
}

pub(super) use server_cases;

/// Returns the trials of the cases. Their names begin with `group`.
pub(super) fn trials<S: Send + Sync + ?Sized + 'static>(
    server: &Arc<S>,
    databases: &Arc<Databases>,
    group: &str,
    cases: &[ServerCase<S>],
) -> Vec<Trial> {
    let trial = |case: &ServerCase<S>| {
        let (server, databases, check) = (server.clone(), databases.clone(), case.check);
        let checking = async move {
            let database = databases.new_database().await;
            check(ServerFixture { server, database }).await
        };
        Trial::ignorable_test(format!("{group}::{}", case.promise), move || run(checking))
    };
    cases.iter().map(trial).collect()
}
