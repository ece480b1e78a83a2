//! The two tables, and how the statements on them are written.

use std::sync::LazyLock;

use es_sql::{Over, ProjectionDialect, ProjectionStatements};

use crate::dialect::parameter;

/// By the clock of the machine. Whoever begins a transaction has locked the whole file.
pub(super) static STATEMENTS: LazyLock<ProjectionStatements> = LazyLock::new(|| {
    ProjectionStatements::new(&ProjectionDialect {
        now: "CAST(unixepoch('subsec') * 1000 AS INTEGER)",
        parameter,
        stored_id: str::to_owned,
        read_id: str::to_owned,
        lock: "",
        over: Over::OnConflict,
    })
});

pub(super) const SETUP: &str = "
    CREATE TABLE IF NOT EXISTS es_projections (
        name TEXT NOT NULL PRIMARY KEY,
        position INTEGER NOT NULL,
        epoch INTEGER NOT NULL,
        owner TEXT,
        expires INTEGER NOT NULL,
        mode TEXT NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS es_dead_letters (
        projection TEXT NOT NULL,
        position INTEGER NOT NULL,
        aggregate_id TEXT NOT NULL,
        topic TEXT NOT NULL,
        data TEXT NOT NULL,
        error TEXT NOT NULL,
        attempts INTEGER NOT NULL,
        request TEXT,
        PRIMARY KEY (projection, position)
    );
    CREATE INDEX IF NOT EXISTS es_dead_letters_of_aggregates
        ON es_dead_letters (projection, aggregate_id, position);
    CREATE INDEX IF NOT EXISTS es_dead_letters_asked
        ON es_dead_letters (projection, position) WHERE request IS NOT NULL;
";
