//! The contract, the torture test and the cases for servers, on a server that `ES_POSTGRES_URL`
//! names.

mod dropped;
mod postgres_only;
mod server;
mod sql;
#[cfg(feature = "tls")]
mod tls;

use std::process::ExitCode;

use es_testing::store::servers::Suite;
use server::Postgres;

fn main() -> ExitCode {
    let suite = Suite::new(Postgres)
        .contract()
        .server()
        .sql(Postgres)
        .own("postgres_only", postgres_only::CASES)
        .own("dropped", dropped::CASES)
        .torture();
    #[cfg(feature = "tls")]
    let suite = suite.tls(Postgres);
    suite.run()
}
