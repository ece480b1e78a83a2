//! Read models on `MySQL`.

use std::net::SocketAddr;
use std::path::Path;

use es::mysql::mysql_async::prelude::Queryable;
use es::mysql::{MysqlDatastore, MysqlOptions, MysqlReadModel, MysqlTransaction};
use es::projections::Runner;
use es::store::{Datastore, Table};
use es::{Aggregate, Application, BoxError, EventHeader, RecordId, projection};
use es_testing::store::servers::Server;
use uuid::Uuid;

use super::domain::{Account, Balance, Balances, Deposited, deposit};
use super::ends::{Doing, Kept, Then};
use super::outages::ServerStore;
use super::store::{Faults, Fixture, SqlStore, Store, faultless, name_of};
use crate::databases::ON_MYSQL;
use crate::mysql_server::{self as backends, server_of};

/// Read models on `MySQL`, with a database for each folder.
pub(crate) struct Mysql;

/// Creates the database of a folder if it is missing.
async fn database(folder: &Path) -> MysqlOptions {
    let name = name_of(folder);
    ON_MYSQL.create_database(&name).await;
    MysqlOptions::new(server_of(&name).into())
}

pub(crate) struct InTable {
    faults: Faults,
    table: &'static str,
}

#[projection(aggregates(Account), name = "balances", ignore_others)]
impl InTable {
    #[subscribe_to(Deposited)]
    async fn deposited(
        &self,
        event: &Deposited,
        header: &EventHeader,
        at: RecordId,
        transaction: &mut MysqlTransaction,
    ) -> Result<(), BoxError> {
        let sql = format!(
            "INSERT INTO {} (account, cents, deposits, last) VALUES (?, ?, 1, ?) ON DUPLICATE KEY UPDATE
             cents = cents + VALUES(cents), deposits = deposits + 1, last = VALUES(last)",
            self.table
        );
        let account = header.originator_id.to_string();
        let parameters = (account, event.cents, at.get());
        transaction.exec_drop(sql, parameters).await?;
        // The fault comes after the write, so that a rollback is visible.
        (self.faults)(header, at)
    }
}

impl Store for Mysql {
    const NAME: &'static str = "mysql";

    type Model = MysqlReadModel;
    type Projection = InTable;

    async fn application(folder: &Path) -> Application {
        let database = MysqlDatastore::open(database(folder).await).await;
        let database = database.expect("the database opens");
        let table = database.record_manager(Table::stored_events()).await;
        let builder = Application::builder().store(table.expect("the table opens"));
        builder.open().await.expect("the application opens")
    }

    async fn open(folder: &Path) -> MysqlReadModel {
        let model = MysqlReadModel::open(database(folder).await).await;
        let model = model.expect("the database opens");
        Self::execute(&model, Self::table("balances")).await;
        model
    }

    fn projection(faults: Faults) -> InTable {
        InTable {
            faults,
            table: "balances",
        }
    }

    async fn read(model: &MysqlReadModel) -> Balances {
        let mut connection = model.connection().await.expect("a connection");
        let sql = "SELECT account, cents, deposits, last FROM balances";
        let rows: Vec<(String, i64, i64, u64)> = connection.query(sql).await.expect("it is read");
        connection.keep();
        let balances = rows.into_iter().map(|(account, cents, deposits, last)| {
            let balance = Balance {
                cents,
                deposits,
                last,
            };
            (Uuid::parse_str(&account).expect("an id"), balance)
        });
        balances.collect()
    }
}

pub(crate) struct Interest {
    app: Application,
    faults: Faults,
}

#[projection(aggregates(Account), name = "interest", ignore_others)]
impl Interest {
    #[subscribe_to(Deposited)]
    async fn deposited(
        &self,
        event: &Deposited,
        header: &EventHeader,
        at: RecordId,
        transaction: &mut MysqlTransaction,
    ) -> Result<(), BoxError> {
        if event.cents == 1 {
            return Ok(());
        }
        let id = header.originator_id;
        let mut account: Account = self.app.get_in(transaction, id).await?;
        account.trigger(Deposited { cents: 1 })?;
        self.app.save_in(transaction, &mut account).await?;
        (self.faults)(header, at)
    }
}

impl SqlStore for Mysql {
    /// Copies rows, because `MySQL` does not rename a table in a transaction.
    const SWITCH: &'static str =
        "DELETE FROM balances; INSERT INTO balances SELECT * FROM balances_2";

    type Policy = Interest;

    fn table(name: &str) -> String {
        format!(
            "CREATE TABLE IF NOT EXISTS {name} (account CHAR(36) CHARACTER SET ascii PRIMARY KEY, cents BIGINT NOT NULL,
             deposits BIGINT NOT NULL, last BIGINT NOT NULL) ENGINE=InnoDB"
        )
    }

    fn projection_into(table: &'static str) -> InTable {
        let faults = faultless();
        InTable { faults, table }
    }

    fn policy(app: &Application, faults: Faults) -> Interest {
        let app = app.clone();
        Interest { app, faults }
    }

    async fn execute(model: &MysqlReadModel, sql: String) {
        let mut connection = model.connection().await.expect("a connection");
        connection.query_drop(sql).await.expect("executed");
        connection.keep();
    }

    async fn execute_in(
        transaction: &mut MysqlTransaction,
        sql: &'static str,
    ) -> Result<(), BoxError> {
        Ok(transaction.query_drop(sql).await?)
    }
}

impl ServerStore for Mysql {
    const COMMIT: &'static str = "; COMMIT;";

    fn address() -> SocketAddr {
        backends::Mysql.address()
    }

    async fn open_through(folder: &Path, address: SocketAddr) -> MysqlReadModel {
        let server = server_of(&name_of(folder))
            .ip_or_hostname(address.ip().to_string())
            .tcp_port(address.port());
        let model = MysqlReadModel::open(MysqlOptions::new(server.into())).await;
        model.expect("the database opens")
    }
}

/// A projection that creates a table.
struct Making;

#[projection(aggregates(Account), name = "making", ignore_others)]
impl Making {
    #[subscribe_to(Deposited)]
    async fn deposited(
        &self,
        _: &Deposited,
        transaction: &mut MysqlTransaction,
    ) -> es::mysql::mysql_async::Result<()> {
        let sql = "CREATE TABLE IF NOT EXISTS made (n INT)";
        transaction.query_drop(sql).await
    }
}

pub(crate) async fn statement_that_commits() {
    let fixture = Fixture::<Mysql>::new().await;
    deposit(&fixture.app, 1, 1).await;
    let runner = Runner::new(Making, fixture.model.clone(), &fixture.app).expect("a log");
    let running = runner.start().await.expect("the runner starts");
    let ended = running.ended().await.expect_err("nothing is promised then");
    let ended: &dyn std::error::Error = &ended;
    let mut sources = std::iter::successors(Some(ended), |it| it.source());
    assert!(sources.any(|error| error.to_string().contains("commits by itself")));
}

/// A projection that executes a statement after it wrote the row of an account.
pub(crate) struct OnMysql(Then);

#[projection(aggregates(Account), name = "doing", ignore_others)]
impl OnMysql {
    #[subscribe_to(Deposited)]
    async fn deposited(
        &self,
        event: &Deposited,
        header: &EventHeader,
        at: RecordId,
        transaction: &mut MysqlTransaction,
    ) -> Result<(), BoxError> {
        let (row, then) = self.0.sql(header, event.cents, at);
        transaction.query_drop(row).await?;
        match then {
            Some(then) => self.0.minded(transaction.query_drop(then).await),
            None => Ok(()),
        }
    }
}

impl Doing for Mysql {
    type Doer = OnMysql;

    const ENDS: &'static [(&'static str, Kept)] = &[
        ("ROLLBACK", Kept::Nothing),
        ("COMMIT", Kept::Rows),
        // A statement that creates a table commits implicitly.
        ("CREATE TABLE IF NOT EXISTS made (n INT)", Kept::Rows),
    ];

    fn doer(then: Then) -> OnMysql {
        OnMysql(then)
    }
}
