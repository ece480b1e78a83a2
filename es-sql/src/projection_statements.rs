//! The statements on `es_projections` and `es_dead_letters`. The stores create the two tables, each
//! with its own types.

use es_store::RecordId;
use es_store::read_model::{DeadLetter, LetterQuery, ProjectionRow, Request, RequestFilter, Step};

use crate::dialect::{Dialect, Upsert};
use crate::projection_rows::milliseconds;
use crate::{Parameter, Statement};

/// The parts of the statements on the two tables that databases write differently.
#[derive(Debug, Clone, Copy)]
pub struct ProjectionDialect {
    /// Milliseconds since 1970, by a clock that all users of the database share.
    pub now: &'static str,
    /// Converts a bound text to a stored id.
    pub stored_id: fn(&str) -> String,
    /// Converts a stored id to text with hyphens.
    pub read_id: fn(&str) -> String,
    /// The end of a statement that locks the row it reads.
    pub lock: &'static str,
}

/// The texts of the statements, written once.
#[derive(Debug, Clone)]
pub struct ProjectionStatements {
    insert: String,
    row: String,
    rows: String,
    put: String,
    advance: String,
    letters: LetterStatements,
    blocked_aggregates: String,
    put_letter: String,
    remove_letter: String,
    rename: [String; 2],
    remove: [String; 2],
}

/// The statements that find dead letters, for all aggregates and for one. Each pair: all letters, and those with a
/// request.
#[derive(Debug, Clone)]
struct LetterStatements {
    all: [String; 2],
    of_aggregate: [String; 2],
}

impl ProjectionStatements {
    /// Writes the statements in a dialect.
    #[must_use]
    pub fn new(dialect: &Dialect, projections: &ProjectionDialect) -> Self {
        let Dialect {
            parameter, upsert, ..
        } = *dialect;
        let ProjectionDialect {
            now,
            stored_id,
            read_id,
            lock,
        } = *projections;
        let [one, two, three, four, five, six] = [1, 2, 3, 4, 5, 6].map(parameter);
        let (owner, aggregate) = (read_id("owner"), read_id("aggregate_id"));
        let select = format!(
            "SELECT name, position, epoch, {owner}, expires - {now}, mode FROM es_projections"
        );
        Self {
            insert: format!(
                "INSERT INTO es_projections (name, position, epoch, owner, expires, mode) VALUES ({one}, 0, 0, NULL, 0, 'active') {}",
                upsert.keep("name")
            ),
            row: format!("{select} WHERE name = {one}{lock}"),
            rows: format!("{select} ORDER BY name"),
            put: format!(
                "UPDATE es_projections SET position = {one}, epoch = {two}, owner = {}, expires = {now} + {four}, mode = \
                 {five} WHERE name = {six}",
                stored_id(&three)
            ),
            advance: format!(
                "UPDATE es_projections SET position = {one}, expires = {now} + {two} WHERE name = {three} AND epoch = {four} \
                 AND position = {five}"
            ),
            letters: LetterStatements::new(parameter, projections),
            blocked_aggregates: format!(
                "SELECT DISTINCT {aggregate} FROM es_dead_letters WHERE projection = {one} ORDER BY {aggregate}"
            ),
            put_letter: put_letter(parameter, upsert, stored_id),
            remove_letter: format!(
                "DELETE FROM es_dead_letters WHERE projection = {one} AND position = {two}"
            ),
            rename: [
                format!("UPDATE es_projections SET name = {one} WHERE name = {two}"),
                format!("UPDATE es_dead_letters SET projection = {one} WHERE projection = {two}"),
            ],
            remove: [
                format!("DELETE FROM es_projections WHERE name = {one}"),
                format!("DELETE FROM es_dead_letters WHERE projection = {one}"),
            ],
        }
    }

    /// Inserts the row of a projection if there is none.
    pub(crate) fn insert(&self, name: &str) -> Statement<'_> {
        Statement::new(&self.insert, [name.into()])
    }

    /// Reads and locks the row of a projection.
    pub(crate) fn row(&self, name: &str) -> Statement<'_> {
        Statement::new(&self.row, [name.into()])
    }

    /// Reads all rows in the order of their names.
    pub(crate) fn rows(&self) -> Statement<'_> {
        Statement::new(&self.rows, [])
    }

    /// Updates a row.
    pub(crate) fn put(&self, row: &ProjectionRow) -> Statement<'_> {
        let owner = row.owner.map(|owner| owner.to_string());
        let values = [
            row.position.into(),
            row.epoch.into(),
            Parameter::Text(owner),
            Parameter::Number(milliseconds(row.lease_left)),
            row.mode.as_str().into(),
            row.name.as_str().into(),
        ];
        Statement::new(&self.put, values)
    }

    /// Advances a projection if its row has the epoch and the position of the step; otherwise
    /// changes no row.
    pub(crate) fn advance(&self, step: &Step<'_>) -> Statement<'_> {
        let values = [
            step.to.into(),
            Parameter::Number(milliseconds(step.lease)),
            step.name.into(),
            step.epoch.into(),
            step.from.into(),
        ];
        Statement::new(&self.advance, values)
    }

    /// Renames a row and its dead letters.
    pub(crate) fn rename(&self, from: &str, to: &str) -> [Statement<'_>; 2] {
        self.rename
            .each_ref()
            .map(|sql| Statement::new(sql, [to.into(), from.into()]))
    }

    /// Removes a row and its dead letters.
    pub(crate) fn remove(&self, name: &str) -> [Statement<'_>; 2] {
        self.remove
            .each_ref()
            .map(|sql| Statement::new(sql, [name.into()]))
    }

    /// Reads dead letters in the order of their positions.
    pub(crate) fn letters(&self, name: &str, query: &LetterQuery) -> Statement<'_> {
        let aggregate = query.aggregate_id.map(|id| id.to_string());
        let [all, requested] = match aggregate {
            None => &self.letters.all,
            Some(_) => &self.letters.of_aggregate,
        };
        let sql = match query.request {
            RequestFilter::Any => all,
            RequestFilter::Requested => requested,
        };
        let values = [name.into(), query.after.into()].into_iter();
        let values = values.chain(aggregate.as_deref().map(Parameter::from));
        Statement::new(sql, values.chain([u64::from(query.limit).into()]))
    }

    /// Reads the distinct ids of the aggregates that have dead letters.
    pub(crate) fn blocked_aggregates(&self, name: &str) -> Statement<'_> {
        Statement::new(&self.blocked_aggregates, [name.into()])
    }

    /// Writes a dead letter, which replaces one at the same position.
    pub(crate) fn put_letter(&self, name: &str, letter: &DeadLetter) -> Statement<'_> {
        let request = letter.request.map(Request::as_str);
        let values = [
            name.into(),
            letter.record_id.into(),
            letter.aggregate_id.to_string().as_str().into(),
            letter.topic.as_str().into(),
            (&*letter.data).into(),
            // The error of a handler may hold a NUL, which not every database can store.
            letter.error.replace('\0', "\u{fffd}").as_str().into(),
            u64::from(letter.attempts).into(),
            Parameter::Text(request.map(str::to_owned)),
        ];
        Statement::new(&self.put_letter, values)
    }

    /// Removes the dead letter of an event.
    pub(crate) fn remove_letter(&self, name: &str, record_id: RecordId) -> Statement<'_> {
        Statement::new(&self.remove_letter, [name.into(), record_id.into()])
    }
}

impl LetterStatements {
    fn new(parameter: fn(usize) -> String, dialect: &ProjectionDialect) -> Self {
        let ProjectionDialect {
            stored_id, read_id, ..
        } = *dialect;
        let [one, two, three, four] = [1, 2, 3, 4].map(parameter);
        let aggregate = read_id("aggregate_id");
        let find = |of: &str, limit: &str| {
            ["", " AND request IS NOT NULL"].map(|requested| {
                format!(
                    "SELECT {aggregate}, position, topic, data, error, attempts, request FROM es_dead_letters WHERE \
                     projection = {one} AND position > {two}{of}{requested} ORDER BY position LIMIT {limit}"
                )
            })
        };
        let of = format!(" AND aggregate_id = {}", stored_id(&three));
        Self {
            all: find("", &three),
            of_aggregate: find(&of, &four),
        }
    }
}

fn put_letter(
    parameter: fn(usize) -> String,
    upsert: Upsert,
    stored_id: fn(&str) -> String,
) -> String {
    const WRITTEN: [&str; 6] = [
        "aggregate_id",
        "topic",
        "data",
        "error",
        "attempts",
        "request",
    ];
    let [one, two, three, four, five, six, seven, eight] = [1, 2, 3, 4, 5, 6, 7, 8].map(parameter);
    let id = stored_id(&three);
    let overwrite = upsert.overwrite("projection, position", &WRITTEN);
    format!(
        "INSERT INTO es_dead_letters (projection, position, aggregate_id, topic, data, error, attempts, request) VALUES \
         ({one}, {two}, {id}, {four}, {five}, {six}, {seven}, {eight}) {overwrite}"
    )
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::dialect::tests::DIALECT;

    fn statements(upsert: Upsert) -> ProjectionStatements {
        let dialect = Dialect { upsert, ..DIALECT };
        let projections = ProjectionDialect {
            now: "now()",
            stored_id: |text| format!("stored({text})"),
            read_id: |id| format!("read({id})"),
            lock: " FOR UPDATE",
        };
        ProjectionStatements::new(&dialect, &projections)
    }

    #[test]
    fn letters_are_found_by_their_aggregate_and_request() {
        let statements = statements(Upsert::OnConflict);
        let all = LetterQuery::new(5);
        let of = all.with_aggregate(Uuid::nil()).requested();
        let begin = "SELECT read(aggregate_id), position, topic, data, error, attempts, request FROM es_dead_letters WHERE \
                     projection = $1 AND position > $2";
        let found = statements.letters("p", &all);
        assert_eq!(found.sql, format!("{begin} ORDER BY position LIMIT $3"));
        assert_eq!(
            found.parameters[..],
            ["p".into(), Parameter::Number(0), Parameter::Number(5)]
        );
        let found = statements.letters("p", &of);
        assert_eq!(
            found.sql,
            format!(
                "{begin} AND aggregate_id = stored($3) AND request IS NOT NULL ORDER BY position LIMIT $4"
            )
        );
        let id = Uuid::nil().to_string();
        let values = [
            "p".into(),
            Parameter::Number(0),
            id.as_str().into(),
            Parameter::Number(5),
        ];
        assert_eq!(found.parameters[..], values);
    }

    #[test]
    fn each_text_has_as_many_parameters_as_values() {
        let statements = statements(Upsert::OnDuplicateKey);
        let row = ProjectionRow {
            name: "p".to_owned(),
            position: RecordId::new(1),
            epoch: 1,
            owner: None,
            lease_left: std::time::Duration::ZERO,
            mode: es_store::read_model::Mode::Active,
        };
        let letter = DeadLetter {
            aggregate_id: Uuid::nil(),
            record_id: RecordId::new(1),
            topic: es_store::Topic::new("T"),
            data: "{}".into(),
            error: "a\0b".to_owned(),
            attempts: 1,
            request: None,
        };
        let step = Step {
            name: "p",
            epoch: 1,
            from: RecordId::new(1),
            to: RecordId::new(2),
            lease: std::time::Duration::from_secs(1),
        };
        let mut all = vec![
            statements.insert("p"),
            statements.row("p"),
            statements.rows(),
            statements.put(&row),
            statements.advance(&step),
            statements.blocked_aggregates("p"),
            statements.put_letter("p", &letter),
            statements.remove_letter("p", RecordId::new(1)),
        ];
        all.extend(statements.rename("p", "q"));
        all.extend(statements.remove("p"));
        for Statement { sql, parameters } in all {
            assert_eq!(sql.matches('$').count(), parameters.len(), "{sql}");
        }
        let put = statements.put_letter("p", &letter);
        assert_eq!(put.parameters[5], "a\u{fffd}b".into());
    }
}
