//! The two tables, and how the statements on them are written.

use std::sync::LazyLock;

use es_sql::{Over, ProjectionDialect, ProjectionStatements};

use crate::dialect::parameter;

/// Whatever time zone a session is in.
pub(super) static STATEMENTS: LazyLock<ProjectionStatements> = LazyLock::new(|| {
    ProjectionStatements::new(&ProjectionDialect {
        now: "TIMESTAMPDIFF(MICROSECOND, '1970-01-01', UTC_TIMESTAMP(3)) DIV 1000",
        parameter,
        stored_id: str::to_owned,
        read_id: str::to_owned,
        lock: " FOR UPDATE",
        over: Over::OnDuplicateKey,
    })
});

/// RequestFilter first: a program that may not make tables can use those that are there.
pub(super) const HOW_MANY: &str = "
    SELECT COUNT(*) FROM information_schema.tables
    WHERE table_schema = DATABASE() AND table_name IN ('es_projections', 'es_dead_letters')";

pub(super) const SETUP: &str = "
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
