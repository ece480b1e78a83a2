//! The contract, the torture test and the cases of this store on the node in `ES_CASSANDRA_URL`,
//! and cases of TLS on the node in `ES_CASSANDRA_TLS_URL`.

/// Lists cases, each with a new keyspace.
macro_rules! cases {
    ($($name:ident),* $(,)?) => {
        pub(crate) const CASES: &[::es_testing::store::servers::OwnCase] =
            &[$((stringify!($name), |keyspace| Box::pin($name(crate::statements::Keyspace(keyspace))))),*];
    };
}

mod bulk_reads;
mod record_ids;
#[cfg_attr(
    not(feature = "tls"),
    allow(dead_code, reason = "the cases of TLS need more")
)]
mod server;
mod settings;
mod statements;
mod tables;
#[cfg(feature = "tls")]
mod tls;

use std::process::ExitCode;

use es_testing::store::servers::Suite;
use server::Cassandra;

fn main() -> ExitCode {
    if settings::is_child() {
        return settings::child();
    }
    let suite = Suite::new(Cassandra::default())
        .contract()
        .own("statements", statements::CASES)
        .own("bulk_reads", bulk_reads::CASES)
        .own("tables", tables::CASES)
        .own("record_ids", record_ids::CASES)
        .own("settings", settings::CASES)
        .torture();
    #[cfg(feature = "tls")]
    let suite = suite.and(Suite::new(tls::node()).own_with(tls::CERTIFICATES, "tls", tls::CASES));
    suite.run()
}
