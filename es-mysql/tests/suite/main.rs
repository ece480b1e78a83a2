//! The contract, the torture test and the cases for servers, on a server that `ES_MYSQL_URL`
//! names.

mod dropped;
mod mysql_only;
mod server;
mod sql;
#[cfg(feature = "tls")]
mod tls;

use std::process::ExitCode;

use es_testing::store::servers::Suite;
use server::Mysql;

fn main() -> ExitCode {
    let suite = Suite::new(Mysql)
        .contract()
        .server()
        .sql(Mysql)
        .own("mysql_only", mysql_only::CASES)
        .own("dropped", dropped::CASES)
        .torture();
    #[cfg(feature = "tls")]
    let suite = suite.tls(Mysql);
    suite.run()
}
