//! The statements of one table that all databases write alike. Values are bound in the order in which they stand.

use es_store::{ItemQuery, Position, PositionKind, RecordError, Table};

use crate::dialect::Dialect;
use crate::rows::position_number;

/// The names of a table and its columns, quoted.
#[derive(Debug, Clone)]
pub struct QuotedNames {
    /// The table's.
    pub table: String,
    /// The column of record ids; `NULL` where the table has none.
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
    /// Those of a table.
    #[must_use]
    pub fn of(table: &Table, quote: fn(&str) -> String) -> Self {
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

/// SQL texts made once from a table's names. What is read has the columns sequence, position, topic, data and record id
/// (`NULL` where the table has none).
#[derive(Debug, Clone)]
pub struct TableStatements {
    /// The greatest record id, or 0.
    pub max_id: String,
    /// Inserts an item. Bound are sequence, position, topic, data, and the record id where the table has them.
    pub insert: String,
    /// Records behind a record id: bound are that id and the limit.
    pub records: String,
    /// One item: bound are sequence and position.
    pub find: String,
    /// The first items in the order of their times: bound is the limit.
    pub first_by_time: String,
    /// Those behind a place: bound are its time, the time once more, its sequence, and the limit.
    pub next_by_time: String,
    /// Bound are sequence and position.
    pub delete: String,
    /// Deletes all rows.
    pub truncate: String,
    /// Drops the table where it is there.
    pub drop: String,
    items: String,
    position: String,
    kind: PositionKind,
    dialect: Dialect,
}

/// A statement that reads some items of a sequence. Bound are the sequence, the positions and the limit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemsStatement {
    /// The text.
    pub sql: String,
    /// The positions.
    pub positions: Vec<Position>,
    /// The limit.
    pub limit: i64,
}

impl TableStatements {
    /// Those of a table.
    #[must_use]
    pub fn of(table: &Table, dialect: &Dialect) -> Self {
        let Dialect {
            parameter, read, ..
        } = *dialect;
        let kind = table.position_kind;
        let QuotedNames {
            table: name,
            record_id: id,
            sequence_id: sequence,
            position,
            topic,
            data,
        } = QuotedNames::of(table, dialect.quote);
        let bound = |n| (dialect.stored)(kind, &parameter(n));
        let whole = |number: &str| read(PositionKind::Integer, number);
        let select = format!(
            "SELECT {sequence}, {}, {topic}, {data}, {} FROM {name}",
            read(kind, &position),
            whole(&id)
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
                whole(&format!("COALESCE(MAX({id}), 0)"))
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
            delete: format!("DELETE FROM {name} WHERE {key}"),
            truncate: format!("{} {name}", dialect.truncate),
            drop: format!("DROP TABLE IF EXISTS {name}"),
            items: format!("{select} WHERE {sequence} = {one}"),
            position,
            kind,
            dialect: *dialect,
        }
    }

    /// The statement that reads some items of a sequence.
    #[must_use]
    pub fn items(&self, query: &ItemQuery) -> ItemsStatement {
        let position = &self.position;
        let mut sql = vec![self.items.clone()];
        let mut positions = Vec::new();
        for (operator, at) in query.comparisons() {
            positions.push(at);
            let parameter = (self.dialect.parameter)(positions.len() + 1);
            let value = (self.dialect.stored)(self.kind, &parameter);
            sql.push(format!("AND {position} {operator} {value}"));
        }
        let order = query.order.keyword();
        let parameter = (self.dialect.parameter)(positions.len() + 2);
        sql.push(format!("ORDER BY {position} {order} LIMIT {parameter}"));
        ItemsStatement {
            sql: sql.join(" "),
            positions,
            limit: limit(query.limit.unwrap_or(usize::MAX)),
        }
    }
}

impl ItemsStatement {
    /// What is bound behind the sequence where positions are bound as whole numbers.
    ///
    /// # Errors
    ///
    /// [`RecordError::Invalid`] where a position is not of the kind that the table holds.
    pub fn numbers(&self, table: &Table) -> Result<Vec<i64>, RecordError> {
        let positions = self.positions.iter();
        let numbers = positions.map(|position| position_number(table, *position));
        numbers.chain([Ok(self.limit)]).collect()
    }
}

/// A limit as databases take it.
#[must_use]
pub fn limit(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use std::ops::Bound;

    use es_store::Order;

    use super::*;
    use crate::dialect::tests::DIALECT;

    #[test]
    fn values_stand_in_the_order_in_which_they_are_bound() {
        let statements = TableStatements::of(&Table::timestamp_sequenced(), &DIALECT);
        let TableStatements {
            insert,
            next_by_time,
            delete,
            ..
        } = &statements;
        assert_eq!(
            insert,
            "INSERT INTO [timestamp_sequenced_items] ([sequence_id], [position], [topic], [data], [id]) VALUES ($1, \
             stored($2), $3, $4, $5)"
        );
        assert_eq!(
            next_by_time,
            "SELECT [sequence_id], read([position]), [topic], [data], [id] FROM [timestamp_sequenced_items] WHERE [position] \
             >= stored($1) AND ([position] > stored($2) OR [sequence_id] > $3) ORDER BY [position], [sequence_id] LIMIT $4"
        );
        assert_eq!(
            delete,
            "DELETE FROM [timestamp_sequenced_items] WHERE [sequence_id] = $1 AND [position] = stored($2)"
        );
    }

    #[test]
    fn bounds_are_counted_as_they_come() {
        let table = Table::snapshots();
        let mut query = ItemQuery::new(uuid::Uuid::nil());
        query.lower = Bound::Excluded(3.into());
        query.upper = Bound::Included(7.into());
        query.order = Order::Descending;
        let statement = TableStatements::of(&table, &DIALECT).items(&query);
        assert_eq!(
            statement.sql,
            "SELECT [sequence_id], [position], [topic], [data], NULL FROM [snapshots] WHERE [sequence_id] = $1 AND \
             [position] > $2 AND [position] <= $3 ORDER BY [position] DESC LIMIT $4"
        );
        let numbers = statement.numbers(&table).expect("whole numbers");
        assert_eq!(numbers, [3, 7, i64::MAX]);
        let other = statement.numbers(&Table::timestamp_sequenced());
        assert!(matches!(other, Err(RecordError::Invalid { .. })));
    }
}
