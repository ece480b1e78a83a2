//! The statements on `es_projections` and `es_dead_letters`, and what is bound in them. The two tables are made by the
//! stores, each in its own types.

use es_store::RecordId;
use es_store::read_model::{DeadLetter, LetterQuery, ProjectionRow, Request, RequestFilter, Step};

use crate::columns::{milliseconds, signed};
use crate::projection_dialect::{Over, ProjectionDialect};

/// A statement, and what is bound in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement<'s> {
    /// The text.
    pub sql: &'s str,
    /// The values, in the order in which they stand.
    pub values: Vec<Value>,
}

/// A value that is bound.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// A whole number.
    Number(i64),
    /// A text, or `NULL`.
    Text(Option<String>),
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(Some(text.to_owned()))
    }
}

impl From<RecordId> for Value {
    fn from(id: RecordId) -> Self {
        Self::Number(signed(id.get()))
    }
}

/// SQL texts made once.
#[derive(Debug, Clone)]
pub struct ProjectionStatements {
    insert: String,
    row: String,
    rows: String,
    put: String,
    advance: String,
    letters: LetterStatements,
    parked: String,
    put_letter: String,
    remove_letter: String,
    rename: [String; 2],
    remove: [String; 2],
}

/// Those that find dead letters: all, those of an aggregate; of each, all and those that something is asked of.
#[derive(Debug, Clone)]
struct LetterStatements {
    all: [String; 2],
    of_aggregate: [String; 2],
}

impl ProjectionStatements {
    /// As a database writes them.
    #[must_use]
    pub fn new(dialect: &ProjectionDialect) -> Self {
        let ProjectionDialect {
            now,
            parameter,
            stored_id,
            read_id,
            lock,
            ..
        } = *dialect;
        let [one, two, three, four, five, six] = [1, 2, 3, 4, 5, 6].map(parameter);
        let (owner, aggregate) = (read_id("owner"), read_id("aggregate_id"));
        let select = format!(
            "SELECT name, position, epoch, {owner}, expires - {now}, mode FROM es_projections"
        );
        Self {
            insert: insert(dialect),
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
            letters: LetterStatements::new(dialect),
            parked: format!(
                "SELECT DISTINCT {aggregate} FROM es_dead_letters WHERE projection = {one} ORDER BY {aggregate}"
            ),
            put_letter: put_letter(dialect),
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

    /// Makes the row of a projection where there is none.
    pub(crate) fn insert(&self, name: &str) -> Statement<'_> {
        statement(&self.insert, [name.into()])
    }

    /// Reads the row of a projection, and locks it. Rows have the columns of
    /// [`ProjectionColumns`](crate::columns::ProjectionColumns), in their order.
    pub(crate) fn row(&self, name: &str) -> Statement<'_> {
        statement(&self.row, [name.into()])
    }

    /// Reads all rows, by name.
    pub(crate) fn rows(&self) -> Statement<'_> {
        statement(&self.rows, [])
    }

    /// Writes a row that is there.
    pub(crate) fn put(&self, row: &ProjectionRow) -> Statement<'_> {
        let owner = row.owner.map(|owner| owner.to_string());
        let values = [
            row.position.into(),
            Value::Number(signed(row.epoch)),
            Value::Text(owner),
            Value::Number(milliseconds(row.lease_left)),
            row.mode.as_str().into(),
            row.name.as_str().into(),
        ];
        statement(&self.put, values)
    }

    /// Moves a projection on, where the row is as the step says; changes no row where it is not.
    pub(crate) fn advance(&self, step: &Step<'_>) -> Statement<'_> {
        let values = [
            step.to.into(),
            Value::Number(milliseconds(step.lease)),
            step.name.into(),
            Value::Number(signed(step.epoch)),
            step.from.into(),
        ];
        statement(&self.advance, values)
    }

    /// Gives a row and its dead letters another name.
    pub(crate) fn rename(&self, from: &str, to: &str) -> [Statement<'_>; 2] {
        self.rename
            .each_ref()
            .map(|sql| statement(sql, [to.into(), from.into()]))
    }

    /// Removes a row and its dead letters.
    pub(crate) fn remove(&self, name: &str) -> [Statement<'_>; 2] {
        self.remove
            .each_ref()
            .map(|sql| statement(sql, [name.into()]))
    }

    /// Reads dead letters, by position. Rows have the columns of [`LetterColumns`](crate::columns::LetterColumns), in their
    /// order.
    pub(crate) fn letters(&self, name: &str, query: &LetterQuery) -> Statement<'_> {
        let aggregate = query.aggregate_id.map(|id| id.to_string());
        let [all, asked] = match aggregate {
            None => &self.letters.all,
            Some(_) => &self.letters.of_aggregate,
        };
        let sql = match query.request {
            RequestFilter::Any => all,
            RequestFilter::Requested => asked,
        };
        let mut values = vec![name.into(), query.after.into()];
        values.extend(aggregate.as_deref().map(Value::from));
        values.push(Value::Number(query.limit.into()));
        Statement { sql, values }
    }

    /// Reads the ids of the aggregates that have dead letters, each once.
    pub(crate) fn parked(&self, name: &str) -> Statement<'_> {
        statement(&self.parked, [name.into()])
    }

    /// Writes a dead letter, over one that stands at its position.
    pub(crate) fn put_letter(&self, name: &str, letter: &DeadLetter) -> Statement<'_> {
        let request = letter.request.map(Request::as_str);
        let values = [
            name.into(),
            letter.record_id.into(),
            letter.aggregate_id.to_string().as_str().into(),
            letter.topic.as_str().into(),
            (&*letter.data).into(),
            // What a handler says may have a NUL, which not every database keeps.
            letter.error.replace('\0', "\u{fffd}").as_str().into(),
            Value::Number(letter.attempts.into()),
            Value::Text(request.map(str::to_owned)),
        ];
        statement(&self.put_letter, values)
    }

    /// Removes the dead letter at a position.
    pub(crate) fn remove_letter(&self, name: &str, position: RecordId) -> Statement<'_> {
        statement(&self.remove_letter, [name.into(), position.into()])
    }
}

impl LetterStatements {
    fn new(dialect: &ProjectionDialect) -> Self {
        let ProjectionDialect {
            parameter,
            stored_id,
            read_id,
            ..
        } = *dialect;
        let [one, two, three, four] = [1, 2, 3, 4].map(parameter);
        let aggregate = read_id("aggregate_id");
        let find = |of: &str, limit: &str| {
            ["", " AND request IS NOT NULL"].map(|asked| {
                format!(
                    "SELECT {aggregate}, position, topic, data, error, attempts, request FROM es_dead_letters WHERE \
                     projection = {one} AND position > {two}{of}{asked} ORDER BY position LIMIT {limit}"
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

fn statement<const N: usize>(sql: &str, values: [Value; N]) -> Statement<'_> {
    Statement {
        sql,
        values: values.into(),
    }
}

fn insert(dialect: &ProjectionDialect) -> String {
    let name = (dialect.parameter)(1);
    // `IGNORE` would share the lock of a row that is there with another that then waits for us, as we do for it.
    let over = match dialect.over {
        Over::OnConflict => "CONFLICT DO NOTHING",
        Over::OnDuplicateKey => "DUPLICATE KEY UPDATE name = name",
    };
    format!(
        "INSERT INTO es_projections (name, position, epoch, owner, expires, mode) VALUES ({name}, 0, 0, NULL, 0, 'active') ON \
         {over}"
    )
}

fn put_letter(dialect: &ProjectionDialect) -> String {
    const WRITTEN: [&str; 6] = [
        "aggregate_id",
        "topic",
        "data",
        "error",
        "attempts",
        "request",
    ];
    let [one, two, three, four, five, six, seven, eight] =
        [1, 2, 3, 4, 5, 6, 7, 8].map(dialect.parameter);
    let id = (dialect.stored_id)(&three);
    let over = match dialect.over {
        Over::OnConflict => {
            let written = WRITTEN.map(|column| format!("{column} = excluded.{column}"));
            format!(
                "CONFLICT (projection, position) DO UPDATE SET {}",
                written.join(", ")
            )
        }
        Over::OnDuplicateKey => {
            let written = WRITTEN.map(|column| format!("{column} = VALUES({column})"));
            format!("DUPLICATE KEY UPDATE {}", written.join(", "))
        }
    };
    format!(
        "INSERT INTO es_dead_letters (projection, position, aggregate_id, topic, data, error, attempts, request) VALUES \
         ({one}, {two}, {id}, {four}, {five}, {six}, {seven}, {eight}) ON {over}"
    )
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn statements(over: Over) -> ProjectionStatements {
        ProjectionStatements::new(&ProjectionDialect {
            now: "now()",
            parameter: |n| format!("${n}"),
            stored_id: |text| format!("stored({text})"),
            read_id: |id| format!("read({id})"),
            lock: " FOR UPDATE",
            over,
        })
    }

    #[test]
    fn letters_are_found_by_what_is_asked() {
        let statements = statements(Over::OnConflict);
        let all = LetterQuery::new(5);
        let of = all.with_aggregate(Uuid::nil()).requested();
        let begin = "SELECT read(aggregate_id), position, topic, data, error, attempts, request FROM es_dead_letters WHERE \
                     projection = $1 AND position > $2";
        let found = statements.letters("p", &all);
        assert_eq!(found.sql, format!("{begin} ORDER BY position LIMIT $3"));
        assert_eq!(
            found.values,
            ["p".into(), Value::Number(0), Value::Number(5)]
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
            Value::Number(0),
            id.as_str().into(),
            Value::Number(5),
        ];
        assert_eq!(found.values, values);
    }

    #[test]
    fn each_text_has_as_many_parameters_as_values() {
        let statements = statements(Over::OnDuplicateKey);
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
            statements.parked("p"),
            statements.put_letter("p", &letter),
            statements.remove_letter("p", RecordId::new(1)),
        ];
        all.extend(statements.rename("p", "q"));
        all.extend(statements.remove("p"));
        for Statement { sql, values } in all {
            assert_eq!(sql.matches('$').count(), values.len(), "{sql}");
        }
        let put = statements.put_letter("p", &letter);
        assert_eq!(put.values[5], "a\u{fffd}b".into());
    }
}
