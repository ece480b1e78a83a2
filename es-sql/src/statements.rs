//! The statements on one table that all databases share.

use std::borrow::Cow;
use std::fmt::Write;

use es_store::{ItemQuery, Position, PositionKind, RecordError, Table, TimeCursor};

use crate::dialect::{Dialect, SequenceScan};
use crate::rows::position_number;
use crate::{IdEncoding, IdEncodingCache, Parameter, Parameters, Statement, TableQuery};

/// The quoted names of a table and its columns.
#[derive(Debug, Clone)]
pub struct QuotedNames {
    /// The table.
    pub table: String,
    /// The column of record ids; `NULL` if the table has none.
    pub record_id: String,
    /// The column of sequence ids.
    pub sequence_id: String,
    /// The column of positions.
    pub position: String,
    /// The column of topics.
    pub topic: String,
    /// The column of stored text.
    pub data: String,
}

impl QuotedNames {
    /// Quotes the names of a table.
    #[must_use]
    pub fn new(table: &Table, quote: fn(&str) -> String) -> Self {
        Self {
            table: quote(&table.name),
            record_id: table.record_id.as_deref().map_or("NULL".to_owned(), quote),
            sequence_id: quote(&table.sequence_id),
            position: quote(&table.position),
            topic: quote(&table.topic),
            data: quote(&table.data),
        }
    }
}

/// A table and the texts of the statements on it, written once. Items are selected with the columns
/// sequence, position, topic, data and record id (`NULL` if the table has none).
#[derive(Debug)]
pub struct TableStatements {
    /// The table.
    pub table: Table,
    /// The encoding in which the table stores sequence ids.
    pub id_encoding: IdEncodingCache,
    /// Selects the greatest record id, or 0.
    pub max_id: String,
    /// Inserts an item. Binds sequence, position, topic, data, and the record id if the table has
    /// one.
    pub insert: String,
    /// Deletes an item. Binds sequence and position.
    delete: String,
    /// Deletes all rows.
    pub truncate: String,
    /// Drops the table if it exists.
    pub drop: String,
    find: String,
    records: String,
    first_by_time: String,
    next_by_time: String,
    first_sequences: String,
    next_sequences: String,
    items: String,
    position: String,
    dialect: Dialect,
}

impl TableStatements {
    /// Writes the statements on a table.
    #[must_use]
    pub fn new(table: &Table, dialect: &Dialect) -> Self {
        let Dialect {
            parameter,
            from_stored,
            ..
        } = *dialect;
        let kind = table.position_kind;
        let names = QuotedNames::new(table, dialect.quote);
        let QuotedNames {
            table: name,
            record_id: id,
            sequence_id: sequence,
            position,
            topic,
            data,
        } = &names;
        let bound = |n| (dialect.to_stored)(kind, &parameter(n));
        let number = |number: &str| from_stored(PositionKind::Integer, number);
        let select = format!(
            "SELECT {sequence}, {}, {topic}, {data}, {} FROM {name}",
            from_stored(kind, position),
            number(id)
        );
        let (column, value) = match table.record_id {
            Some(_) => (format!(", {id}"), format!(", {}", parameter(5))),
            None => (String::new(), String::new()),
        };
        let [one, two, three, four] = [1, 2, 3, 4].map(parameter);
        let key = format!("{sequence} = {one} AND {position} = {}", bound(2));
        let by_time = format!("ORDER BY {position}, {sequence} LIMIT");
        Self {
            max_id: format!(
                "SELECT {} FROM {name}",
                number(&format!("COALESCE(MAX({id}), 0)"))
            ),
            insert: format!(
                "INSERT INTO {name} ({sequence}, {position}, {topic}, {data}{column}) VALUES ({one}, {}, {three}, {four}{value})",
                bound(2)
            ),
            records: format!("{select} WHERE {id} > {one} ORDER BY {id} LIMIT {two}"),
            find: format!("{select} WHERE {key}"),
            first_by_time: format!("{select} {by_time} {one}"),
            next_by_time: format!(
                "{select} WHERE {position} >= {} AND ({position} > {} OR {sequence} > {three}) {by_time} {four}",
                bound(1),
                bound(2)
            ),
            first_sequences: dialect.sequence_scan.sql(&names, "", &one),
            next_sequences: dialect.sequence_scan.sql(
                &names,
                &format!("WHERE {sequence} > {one} "),
                &two,
            ),
            delete: format!("DELETE FROM {name} WHERE {key}"),
            truncate: format!("{} {name}", dialect.truncate),
            drop: format!("DROP TABLE IF EXISTS {name}"),
            items: format!("{select} WHERE {sequence} = {one}"),
            position: position.clone(),
            table: table.clone(),
            id_encoding: IdEncodingCache::default(),
            dialect: *dialect,
        }
    }

    /// Returns the statement of a read, with its values.
    ///
    /// # Errors
    ///
    /// [`RecordError::Invalid`] if a position is not of the kind that the table holds.
    pub fn query(
        &self,
        query: &TableQuery,
        encoding: IdEncoding,
    ) -> Result<Statement<'_>, RecordError> {
        let id = |id| Parameter::Id(id, encoding);
        Ok(match *query {
            TableQuery::Items(ref query) => return self.items(query, encoding),
            TableQuery::Item(sequence_id, position) => {
                Statement::new(&self.find, [id(sequence_id), self.position(position)?])
            }
            TableQuery::ItemsByTime(None, limit) => {
                Statement::new(&self.first_by_time, [limit.into()])
            }
            TableQuery::ItemsByTime(Some(TimeCursor { time, sequence_id }), limit) => {
                let time = Parameter::Time(time.as_micros());
                let values = [time.clone(), time, id(sequence_id), limit.into()];
                Statement::new(&self.next_by_time, values)
            }
            TableQuery::Records(after, limit) => {
                Statement::new(&self.records, [after.into(), limit.into()])
            }
            TableQuery::MaxRecordId => Statement::new(&self.max_id, []),
            TableQuery::SequenceIds(None, limit) => {
                Statement::new(&self.first_sequences, [limit.into()])
            }
            TableQuery::SequenceIds(Some(after), limit) => {
                Statement::new(&self.next_sequences, [id(after), limit.into()])
            }
        })
    }

    /// Returns the statement that deletes an item.
    ///
    /// # Errors
    ///
    /// [`RecordError::Invalid`] if the position is not of the kind that the table holds.
    pub fn delete(
        &self,
        sequence_id: uuid::Uuid,
        position: Position,
        encoding: IdEncoding,
    ) -> Result<Statement<'_>, RecordError> {
        let id = Parameter::Id(sequence_id, encoding);
        Ok(Statement::new(&self.delete, [id, self.position(position)?]))
    }

    fn items(&self, query: &ItemQuery, encoding: IdEncoding) -> Result<Statement<'_>, RecordError> {
        let Dialect {
            parameter,
            to_stored,
            ..
        } = self.dialect;
        let (column, kind) = (&self.position, self.table.position_kind);
        let mut parameters = Parameters::new();
        parameters.push(Parameter::Id(query.sequence_id, encoding));
        let mut sql = String::with_capacity(self.items.len() + 128);
        sql.push_str(&self.items);
        for (operator, at) in query.comparisons() {
            parameters.push(self.position(at)?);
            let value = to_stored(kind, &parameter(parameters.len()));
            let _infallible = write!(sql, " AND {column} {operator} {value}");
        }
        parameters.push(query.limit.unwrap_or(usize::MAX).into());
        let (order, limit) = (query.order.keyword(), parameter(parameters.len()));
        let _infallible = write!(sql, " ORDER BY {column} {order} LIMIT {limit}");
        Ok(Statement {
            sql: Cow::Owned(sql),
            parameters,
        })
    }

    fn position(&self, position: Position) -> Result<Parameter, RecordError> {
        let number = position_number(&self.table, position)?;
        Ok(match self.table.position_kind {
            PositionKind::Timestamp => Parameter::Time(number),
            _ => Parameter::Number(number),
        })
    }
}

impl SequenceScan {
    /// Selects the distinct sequence ids that match a condition, in their order.
    fn sql(self, names: &QuotedNames, condition: &str, limit: &str) -> String {
        let (name, id) = (&names.table, &names.sequence_id);
        let one =
            |condition: &str| format!("SELECT {id} FROM {name} {condition}ORDER BY {id} LIMIT 1");
        match self {
            Self::Distinct => {
                format!("SELECT DISTINCT {id} FROM {name} {condition}ORDER BY {id} LIMIT {limit}")
            }
            Self::Recursive => format!(
                "WITH RECURSIVE found(id) AS (SELECT ({}) UNION ALL SELECT ({}) FROM found WHERE found.id IS NOT NULL) \
                 SELECT id FROM found WHERE id IS NOT NULL LIMIT {limit}",
                one(condition),
                one(&format!("WHERE {id} > found.id "))
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::ops::Bound;

    use es_store::{Order, Timestamp};
    use uuid::Uuid;

    use super::*;
    use crate::dialect::tests::DIALECT;

    const ENCODING: IdEncoding = IdEncoding::Bytes;
    const NIL: Parameter = Parameter::Id(Uuid::nil(), ENCODING);

    #[test]
    fn values_stand_in_the_order_in_which_they_are_bound() {
        let statements = TableStatements::new(&Table::timestamp_sequenced(), &DIALECT);
        assert_eq!(
            statements.insert,
            "INSERT INTO [timestamp_sequenced_items] ([sequence_id], [position], [topic], [data], [id]) VALUES ($1, \
             stored($2), $3, $4, $5)"
        );
        let time = Timestamp::from_micros(7);
        let after = Some(TimeCursor {
            time,
            sequence_id: Uuid::nil(),
        });
        let query = TableQuery::ItemsByTime(after, 5);
        let next_by_time = statements.query(&query, ENCODING).expect("times");
        assert_eq!(
            next_by_time.sql,
            "SELECT [sequence_id], read([position]), [topic], [data], [id] FROM [timestamp_sequenced_items] WHERE [position] \
             >= stored($1) AND ([position] > stored($2) OR [sequence_id] > $3) ORDER BY [position], [sequence_id] LIMIT $4"
        );
        let values = [
            Parameter::Time(7),
            Parameter::Time(7),
            NIL,
            Parameter::Number(5),
        ];
        assert_eq!(next_by_time.parameters[..], values);
        let delete = statements.delete(Uuid::nil(), time.into(), ENCODING);
        let delete = delete.expect("a time");
        assert_eq!(
            delete.sql,
            "DELETE FROM [timestamp_sequenced_items] WHERE [sequence_id] = $1 AND [position] = stored($2)"
        );
        assert_eq!(delete.parameters[..], [NIL, Parameter::Time(7)]);
    }

    #[test]
    fn bounds_are_counted_as_they_come() {
        let mut query = ItemQuery::new(Uuid::nil());
        query.lower = Bound::Excluded(3.into());
        query.upper = Bound::Included(7.into());
        query.order = Order::Descending;
        let query = TableQuery::Items(query);
        let snapshots = TableStatements::new(&Table::snapshots(), &DIALECT);
        let statement = snapshots.query(&query, ENCODING).expect("whole numbers");
        assert_eq!(
            statement.sql,
            "SELECT [sequence_id], [position], [topic], [data], NULL FROM [snapshots] WHERE [sequence_id] = $1 AND \
             [position] > $2 AND [position] <= $3 ORDER BY [position] DESC LIMIT $4"
        );
        let numbers = [3, 7, i64::MAX].map(Parameter::Number);
        assert_eq!(statement.parameters[1..], numbers);
        let times = TableStatements::new(&Table::timestamp_sequenced(), &DIALECT);
        let other = times.query(&query, ENCODING);
        assert!(matches!(other, Err(RecordError::Invalid { .. })));
    }

    #[test]
    fn sequences_are_found_one_after_another() {
        let table = Table::snapshots();
        let sql = |sequence_scan, after| {
            let dialect = Dialect {
                sequence_scan,
                ..DIALECT
            };
            let query = TableQuery::SequenceIds(after, 2);
            let statements = TableStatements::new(&table, &dialect);
            let statement = statements.query(&query, ENCODING).expect("no position");
            statement.sql.into_owned()
        };
        assert_eq!(
            sql(SequenceScan::Distinct, None),
            "SELECT DISTINCT [sequence_id] FROM [snapshots] ORDER BY [sequence_id] LIMIT $1"
        );
        assert_eq!(
            sql(SequenceScan::Recursive, Some(Uuid::nil())),
            "WITH RECURSIVE found(id) AS (SELECT (SELECT [sequence_id] FROM [snapshots] WHERE [sequence_id] > $1 ORDER BY \
             [sequence_id] LIMIT 1) UNION ALL SELECT (SELECT [sequence_id] FROM [snapshots] WHERE [sequence_id] > found.id \
             ORDER BY [sequence_id] LIMIT 1) FROM found WHERE found.id IS NOT NULL) SELECT id FROM found WHERE id IS NOT NULL \
             LIMIT $2"
        );
    }
}
