//! The two tables, and the statements on them.

/// Milliseconds since 1970, by the clock of the server.
macro_rules! now {
    () => {
        "(extract(epoch FROM clock_timestamp()) * 1000)::int8"
    };
}

/// Asked first: a program that may not make tables can use those that are there.
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

pub(super) const INSERT: &str = "
    INSERT INTO es_projections (name, position, epoch, owner, expires, mode) VALUES ($1, 0, 0, NULL, 0, 'active')
    ON CONFLICT DO NOTHING";

pub(super) const ROW: &str = concat!(
    "SELECT name, position, epoch, owner::text, expires - ",
    now!(),
    ", mode FROM es_projections WHERE name = $1 FOR UPDATE"
);

pub(super) const ROWS: &str = concat!(
    "SELECT name, position, epoch, owner::text, expires - ",
    now!(),
    ", mode FROM es_projections ORDER BY name"
);

pub(super) const PUT: &str = concat!(
    "UPDATE es_projections SET position = $2, epoch = $3, owner = $4::text::uuid, expires = ",
    now!(),
    " + $5, mode = $6 WHERE name = $1"
);

pub(super) const ADVANCE: &str = concat!(
    "UPDATE es_projections SET position = $4, expires = ",
    now!(),
    " + $5 WHERE name = $1 AND epoch = $2 AND position = $3"
);

pub(super) const RENAME: &str = "UPDATE es_projections SET name = $2 WHERE name = $1";
pub(super) const RENAME_LETTERS: &str =
    "UPDATE es_dead_letters SET projection = $2 WHERE projection = $1";
pub(super) const REMOVE: &str = "DELETE FROM es_projections WHERE name = $1";
pub(super) const REMOVE_LETTERS: &str = "DELETE FROM es_dead_letters WHERE projection = $1";

/// What is bound: the name, the position behind which they are, the limit; and the aggregate, or no aggregate.
macro_rules! letters {
    ($condition:literal) => {
        concat!(
            "SELECT aggregate_id::text, position, topic, data, error, attempts, request FROM es_dead_letters \
             WHERE projection = $1 AND position > $2",
            $condition,
            " ORDER BY position LIMIT $3"
        )
    };
}

pub(super) const LETTERS: &str = letters!("");
pub(super) const LETTERS_OF: &str = letters!(" AND aggregate_id = $4::text::uuid");
pub(super) const LETTERS_ASKED: &str = letters!(" AND request IS NOT NULL");
pub(super) const LETTERS_OF_ASKED: &str =
    letters!(" AND aggregate_id = $4::text::uuid AND request IS NOT NULL");

pub(super) const PARKED: &str = "
    SELECT DISTINCT aggregate_id::text FROM es_dead_letters WHERE projection = $1 ORDER BY aggregate_id::text";
pub(super) const PUT_LETTER: &str = "
    INSERT INTO es_dead_letters (projection, position, aggregate_id, topic, data, error, attempts, request)
    VALUES ($1, $2, $3::text::uuid, $4, $5, $6, $7, $8)
    ON CONFLICT (projection, position) DO UPDATE SET
        aggregate_id = excluded.aggregate_id, topic = excluded.topic, data = excluded.data, error = excluded.error,
        attempts = excluded.attempts, request = excluded.request";
pub(super) const REMOVE_LETTER: &str =
    "DELETE FROM es_dead_letters WHERE projection = $1 AND position = $2";
