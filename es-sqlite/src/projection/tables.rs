//! The two tables, and the statements on them.

/// Milliseconds since 1970, by the clock of the machine, which all have who can open the file.
macro_rules! now {
    () => {
        "CAST(unixepoch('subsec') * 1000 AS INTEGER)"
    };
}

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

pub(super) const INSERT: &str = "
    INSERT INTO es_projections (name, position, epoch, owner, expires, mode) VALUES (?1, 0, 0, NULL, 0, 'active')
    ON CONFLICT DO NOTHING";

pub(super) const ROW: &str = concat!(
    "SELECT name, position, epoch, owner, expires - ",
    now!(),
    ", mode FROM es_projections WHERE name = ?1"
);

pub(super) const ROWS: &str = concat!(
    "SELECT name, position, epoch, owner, expires - ",
    now!(),
    ", mode FROM es_projections ORDER BY name"
);

pub(super) const PUT: &str = concat!(
    "UPDATE es_projections SET position = ?2, epoch = ?3, owner = ?4, expires = ",
    now!(),
    " + ?5, mode = ?6 WHERE name = ?1"
);

pub(super) const ADVANCE: &str = concat!(
    "UPDATE es_projections SET position = ?4, expires = ",
    now!(),
    " + ?5 WHERE name = ?1 AND epoch = ?2 AND position = ?3"
);

pub(super) const RENAME: &str = "UPDATE es_projections SET name = ?2 WHERE name = ?1";
pub(super) const RENAME_LETTERS: &str =
    "UPDATE es_dead_letters SET projection = ?2 WHERE projection = ?1";
pub(super) const REMOVE: &str = "DELETE FROM es_projections WHERE name = ?1";
pub(super) const REMOVE_LETTERS: &str = "DELETE FROM es_dead_letters WHERE projection = ?1";

pub(super) const LETTERS: &str = "
    SELECT aggregate_id, position, topic, data, error, attempts, request FROM es_dead_letters
    WHERE projection = ?1 AND position > ?2 ORDER BY position LIMIT ?3";
pub(super) const LETTERS_OF: &str = "
    SELECT aggregate_id, position, topic, data, error, attempts, request FROM es_dead_letters
    WHERE projection = ?1 AND position > ?2 AND aggregate_id = ?4 ORDER BY position LIMIT ?3";
pub(super) const LETTERS_ASKED: &str = "
    SELECT aggregate_id, position, topic, data, error, attempts, request FROM es_dead_letters
    WHERE projection = ?1 AND position > ?2 AND request IS NOT NULL ORDER BY position LIMIT ?3";
pub(super) const LETTERS_OF_ASKED: &str = "
    SELECT aggregate_id, position, topic, data, error, attempts, request FROM es_dead_letters
    WHERE projection = ?1 AND position > ?2 AND aggregate_id = ?4 AND request IS NOT NULL ORDER BY position LIMIT ?3";
pub(super) const PARKED: &str =
    "SELECT DISTINCT aggregate_id FROM es_dead_letters WHERE projection = ?1 ORDER BY aggregate_id";
pub(super) const PUT_LETTER: &str = "
    INSERT INTO es_dead_letters (projection, position, aggregate_id, topic, data, error, attempts, request)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
    ON CONFLICT (projection, position) DO UPDATE SET
        aggregate_id = excluded.aggregate_id, topic = excluded.topic, data = excluded.data, error = excluded.error,
        attempts = excluded.attempts, request = excluded.request";
pub(super) const REMOVE_LETTER: &str =
    "DELETE FROM es_dead_letters WHERE projection = ?1 AND position = ?2";
