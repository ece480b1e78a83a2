//! A store with items of its own shape: it converts sequenced items to lines of a journal and back.

use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use es::json::Value;
use es::store::{
    Append, Appended, Capabilities, ItemQuery, Order, Record, RecordError, RecordManager,
    SequencedItem, TableAdministration,
};
use es::{Position, RecordId, Topic};
use uuid::Uuid;

/// A stored event: its position, its name, its cost and its text.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    pub order: Uuid,
    pub number: i64,
    pub what: String,
    /// A copy from the text, so that sums need not parse it.
    pub cents: Option<u64>,
    pub body: String,
}

impl Line {
    fn from_item(item: &SequencedItem) -> Result<Self, RecordError> {
        let Position::Integer(number) = item.position else {
            return Err(RecordError::Invalid {
                reason: "lines of a journal are numbered".to_owned(),
            });
        };
        let cents = Value::parse(&item.data).ok();
        let cents = cents.and_then(|fields| match fields.get("cents") {
            Some(Value::Number(cents)) => cents.as_u64(),
            _ => None,
        });
        Ok(Self {
            order: item.sequence_id,
            number,
            what: item.topic.to_string(),
            cents,
            body: item.data.to_string(),
        })
    }

    fn item(&self) -> SequencedItem {
        SequencedItem {
            sequence_id: self.order,
            position: self.number.into(),
            topic: Topic::stored(&self.what),
            data: self.body.as_str().into(),
        }
    }
}

/// An in-memory journal.
#[derive(Default)]
pub struct Journal(Mutex<Vec<Line>>);

impl Journal {
    pub fn turnover(&self) -> u64 {
        self.with(|lines| lines.iter().filter_map(|line| line.cents).sum())
    }

    fn with<T>(&self, work: impl FnOnce(&mut Vec<Line>) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[async_trait]
impl RecordManager for Journal {
    fn capabilities(&self) -> Capabilities {
        Capabilities::full().without_record_ids()
    }

    async fn append(&self, append: Append) -> Result<Appended, RecordError> {
        let items = append.into_items();
        let new = items
            .iter()
            .map(Line::from_item)
            .collect::<Result<Vec<_>, _>>()?;
        self.with(|lines| {
            for (n, line) in new.iter().enumerate() {
                let mut before = lines.iter().chain(&new[..n]);
                if before.any(|other| (other.order, other.number) == (line.order, line.number)) {
                    return Err(RecordError::Conflict {
                        sequence_id: line.order,
                        position: line.number.into(),
                    });
                }
            }
            let appended = Appended::without_ids(new.len());
            lines.extend(new);
            Ok(appended)
        })
    }

    async fn items(&self, query: ItemQuery) -> Result<Vec<SequencedItem>, RecordError> {
        let mut items: Vec<_> = self.with(|lines| {
            let items = lines.iter().map(Line::item);
            items
                .filter(|item| {
                    item.sequence_id == query.sequence_id && query.contains(item.position)
                })
                .collect()
        });
        items.sort_by_key(|item| item.position);
        if query.order == Order::Descending {
            items.reverse();
        }
        items.truncate(query.limit.unwrap_or(usize::MAX));
        Ok(items)
    }

    async fn records(&self, _: RecordId, _: usize) -> Result<Vec<Record>, RecordError> {
        Err(RecordError::unsupported("records"))
    }

    async fn max_record_id(&self) -> Result<RecordId, RecordError> {
        Err(RecordError::unsupported("max_record_id"))
    }

    async fn sequence_ids(
        &self,
        after: Option<Uuid>,
        limit: usize,
    ) -> Result<Vec<Uuid>, RecordError> {
        let mut ids: Vec<_> = self.with(|lines| lines.iter().map(|line| line.order).collect());
        ids.sort_unstable();
        ids.dedup();
        ids.retain(|id| after.is_none_or(|after| *id > after));
        ids.truncate(limit);
        Ok(ids)
    }
}

#[async_trait]
impl TableAdministration for Journal {}
