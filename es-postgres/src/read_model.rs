//! Read models in a `PostgreSQL` database: the two tables of their projections, and their
//! transactions.

use std::borrow::Cow;
use std::sync::LazyLock;

use es_sql::server::{ReadModelFromPool, ReadModelServer};
use es_sql::{Database, ProjectionDialect, ProjectionStatements};
use es_store::RecordError;

use crate::dialect::DIALECT;
use crate::{Postgres, PostgresConnection, PostgresOptions};

/// Ids are bound and read as text.
static STATEMENTS: LazyLock<ProjectionStatements> = LazyLock::new(|| {
    let projections = ProjectionDialect {
        now: "(extract(epoch FROM clock_timestamp()) * 1000)::int8",
        stored_id: |text| format!("{text}::text::uuid"),
        read_id: |id| format!("{id}::text"),
        lock: " FOR UPDATE",
    };
    ProjectionStatements::new(&DIALECT, &projections)
});

impl ReadModelServer for Postgres {
    type Client = tokio_postgres::Client;

    const COUNT_PROJECTION_TABLES: &'static str = "SELECT count(*) FROM pg_class WHERE oid IN (to_regclass('es_projections'), \
                                                   to_regclass('es_dead_letters'))";

    const CREATE_PROJECTION_TABLES: &'static str = "
    CREATE TABLE IF NOT EXISTS es_projections (
        name TEXT NOT NULL PRIMARY KEY,
        position BIGINT NOT NULL,
        epoch BIGINT NOT NULL,
        owner UUID,
        expires BIGINT NOT NULL,
        mode TEXT NOT NULL
    );
    CREATE TABLE IF NOT EXISTS es_dead_letters (
        projection TEXT NOT NULL,
        position BIGINT NOT NULL,
        aggregate_id UUID NOT NULL,
        topic TEXT NOT NULL,
        data TEXT NOT NULL,
        error TEXT NOT NULL,
        attempts BIGINT NOT NULL,
        request TEXT,
        PRIMARY KEY (projection, position)
    );
    CREATE INDEX IF NOT EXISTS es_dead_letters_of_aggregates
        ON es_dead_letters (projection, aggregate_id, position);
    CREATE INDEX IF NOT EXISTS es_dead_letters_asked
        ON es_dead_letters (projection, position) WHERE request IS NOT NULL;
";

    /// Runs before the commit as a separate statement, so that an ignored failure of a handler's
    /// statement is reported for that event.
    const CHECK: Option<&'static str> = Some("RELEASE SAVEPOINT es_projection");

    const COMMIT: &'static str = "COMMIT";

    const ROLLBACK: &'static str = "ROLLBACK";

    fn projection_statements() -> &'static ProjectionStatements {
        &STATEMENTS
    }

    async fn open_to_write(options: PostgresOptions) -> Result<Self, RecordError> {
        Self::open(options).await
    }

    fn begin(&self) -> Cow<'static, str> {
        let timeout = es_sql::server::Server::timeout(self).as_millis().max(1);
        Cow::Owned(format!(
            "BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL lock_timeout = {timeout}; SELECT set_config('synchronous_commit', \
             'on', true) WHERE current_setting('synchronous_commit') = 'off'; SAVEPOINT es_projection"
        ))
    }

    fn client(connection: &PostgresConnection) -> &tokio_postgres::Client {
        connection
    }
}

impl ReadModelFromPool for Postgres {}
