//! The two tables, and how the statements on them are written.

use std::sync::LazyLock;

use es_sql::{Over, ProjectionDialect, ProjectionStatements};

use crate::dialect::parameter;

/// Ids are bound and read as text.
pub(super) static STATEMENTS: LazyLock<ProjectionStatements> = LazyLock::new(|| {
    ProjectionStatements::new(&ProjectionDialect {
        now: "(extract(epoch FROM clock_timestamp()) * 1000)::int8",
        parameter,
        stored_id: |text| format!("{text}::text::uuid"),
        read_id: |id| format!("{id}::text"),
        lock: " FOR UPDATE",
        over: Over::OnConflict,
    })
});

/// RequestFilter first: a program that may not make tables can use those that are there.
pub(super) const ARE_THERE: &str = "SELECT to_regclass('es_projections') IS NOT NULL AND to_regclass('es_dead_letters') IS NOT NULL";

pub(super) const SETUP: &str = "
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
