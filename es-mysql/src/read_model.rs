//! Read models in a `MySQL` or `MariaDB` database: the two tables of their projections, and their
//! transactions.

use std::borrow::Cow;
use std::sync::LazyLock;

use es_sql::server::{ClientMut, ReadModelServer};
use es_sql::{Database, ProjectionDialect, ProjectionStatements};
use es_store::RecordError;
use mysql_async::{Conn, OptsBuilder};

use crate::connections::Connection;
use crate::database::settings;
use crate::dialect::DIALECT;
use crate::{Mysql, MysqlOptions};

/// The time does not depend on the time zone of a session.
static STATEMENTS: LazyLock<ProjectionStatements> = LazyLock::new(|| {
    let projections = ProjectionDialect {
        now: "TIMESTAMPDIFF(MICROSECOND, '1970-01-01', UTC_TIMESTAMP(3)) DIV 1000",
        stored_id: str::to_owned,
        read_id: str::to_owned,
        lock: " FOR UPDATE",
    };
    ProjectionStatements::new(&DIALECT, &projections)
});

impl ReadModelServer for Mysql {
    type Client = Conn;

    const COUNT_PROJECTION_TABLES: &'static str = "SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = \
                                                   DATABASE() AND table_name IN ('es_projections', 'es_dead_letters')";

    const CREATE_PROJECTION_TABLES: &'static str = "
    CREATE TABLE IF NOT EXISTS es_projections (
        name VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL PRIMARY KEY,
        position BIGINT NOT NULL,
        epoch BIGINT NOT NULL,
        owner CHAR(36) CHARACTER SET ascii,
        expires BIGINT NOT NULL,
        mode VARCHAR(16) CHARACTER SET ascii NOT NULL
    ) ENGINE=InnoDB;
    CREATE TABLE IF NOT EXISTS es_dead_letters (
        projection VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
        position BIGINT NOT NULL,
        aggregate_id CHAR(36) CHARACTER SET ascii NOT NULL,
        topic TEXT CHARACTER SET utf8mb4 NOT NULL,
        data LONGTEXT CHARACTER SET utf8mb4 NOT NULL,
        error LONGTEXT CHARACTER SET utf8mb4 NOT NULL,
        attempts BIGINT NOT NULL,
        request VARCHAR(16) CHARACTER SET ascii,
        PRIMARY KEY (projection, position),
        KEY es_dead_letters_of_aggregates (projection, aggregate_id, position),
        KEY es_dead_letters_asked (projection, request, position)
    ) ENGINE=InnoDB";

    const CHECK: Option<&'static str> = None;

    const COMMIT: &'static str = "RELEASE SAVEPOINT es_projection; COMMIT; SET autocommit = 1";

    const ROLLBACK: &'static str = "ROLLBACK; SET autocommit = 1";

    fn projection_statements() -> &'static ProjectionStatements {
        &STATEMENTS
    }

    /// Connections count the rows that an update finds, as other databases do, not only those that
    /// it changes.
    async fn open_to_write(options: MysqlOptions) -> Result<Self, RecordError> {
        let mut setup = options.server.setup().to_vec();
        setup.push(settings(options.timeout));
        let server = OptsBuilder::from_opts(options.server)
            .setup(setup)
            .client_found_rows(true)
            .into();
        Self::open(MysqlOptions { server, ..options }).await
    }

    /// Turns `autocommit` off: after a deadlock, which ends the transaction, each further statement
    /// would commit by itself.
    fn begin(&self) -> Cow<'static, str> {
        Cow::Borrowed("SET autocommit = 0; START TRANSACTION; SAVEPOINT es_projection")
    }

    fn client(connection: &Connection) -> &Conn {
        connection
    }
}

impl ClientMut for Mysql {
    fn client_mut(connection: &mut Connection) -> &mut Conn {
        connection
    }
}
