//! The two tables, and the statements on them.

/// Milliseconds since 1970, by the clock of the server, whatever time zone the session is in.
macro_rules! now {
    () => {
        "TIMESTAMPDIFF(MICROSECOND, '1970-01-01', UTC_TIMESTAMP(3)) DIV 1000"
    };
}

/// Asked first: a program that may not make tables can use those that are there.
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

/// It locks a row that is there at once as it is locked afterwards: `IGNORE` would share it with another that then waits
/// for us, as we do for it.
pub(super) const INSERT: &str = "
    INSERT INTO es_projections (name, position, epoch, owner, expires, mode) VALUES (?, 0, 0, NULL, 0, 'active')
    ON DUPLICATE KEY UPDATE name = name";

pub(super) const ROW: &str = concat!(
    "SELECT name, position, epoch, owner, expires - ",
    now!(),
    ", mode FROM es_projections WHERE name = ? FOR UPDATE"
);

pub(super) const ROWS: &str = concat!(
    "SELECT name, position, epoch, owner, expires - ",
    now!(),
    ", mode FROM es_projections ORDER BY name"
);

/// Bound: the position, the epoch, the owner, what is left, the mode; the name.
pub(super) const PUT: &str = concat!(
    "UPDATE es_projections SET position = ?, epoch = ?, owner = ?, expires = ",
    now!(),
    " + ?, mode = ? WHERE name = ?"
);

/// Bound: the next position, the lease; the name, the epoch, the position.
pub(super) const ADVANCE: &str = concat!(
    "UPDATE es_projections SET position = ?, expires = ",
    now!(),
    " + ? WHERE name = ? AND epoch = ? AND position = ?"
);

/// Bound: the new name, the old one.
pub(super) const RENAME: &str = "UPDATE es_projections SET name = ? WHERE name = ?";
pub(super) const RENAME_LETTERS: &str =
    "UPDATE es_dead_letters SET projection = ? WHERE projection = ?";
pub(super) const REMOVE: &str = "DELETE FROM es_projections WHERE name = ?";
pub(super) const REMOVE_LETTERS: &str = "DELETE FROM es_dead_letters WHERE projection = ?";

/// Bound: the name, the position behind which they are, the aggregate if it is one; the limit.
macro_rules! letters {
    ($condition:literal) => {
        concat!(
            "SELECT aggregate_id, position, topic, data, error, attempts, request FROM es_dead_letters \
             WHERE projection = ? AND position > ?",
            $condition,
            " ORDER BY position LIMIT ?"
        )
    };
}

pub(super) const LETTERS: &str = letters!("");
pub(super) const LETTERS_OF: &str = letters!(" AND aggregate_id = ?");
pub(super) const LETTERS_ASKED: &str = letters!(" AND request IS NOT NULL");
pub(super) const LETTERS_OF_ASKED: &str = letters!(" AND aggregate_id = ? AND request IS NOT NULL");

pub(super) const PARKED: &str =
    "SELECT DISTINCT aggregate_id FROM es_dead_letters WHERE projection = ? ORDER BY aggregate_id";
pub(super) const PUT_LETTER: &str = "
    INSERT INTO es_dead_letters (projection, position, aggregate_id, topic, data, error, attempts, request)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)
    ON DUPLICATE KEY UPDATE
        aggregate_id = VALUES(aggregate_id), topic = VALUES(topic), data = VALUES(data), error = VALUES(error),
        attempts = VALUES(attempts), request = VALUES(request)";
pub(super) const REMOVE_LETTER: &str =
    "DELETE FROM es_dead_letters WHERE projection = ? AND position = ?";
