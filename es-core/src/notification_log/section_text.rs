//! The JSON of sections: `{"items":[…],"next_id":"21,40","previous_id":null,"section_id":"1,20"}`.

use std::borrow::Cow;
use std::fmt::Write as _;

use serde::Deserialize;

use super::notification::SectionItem;
use super::section::Section;
use super::section_id::SectionId;
use super::section_size::SectionSize;
use crate::error::{NotificationError, Result};

/// A guess of the text length of one item. It saves most reallocations while the text grows.
const ITEM_BYTES: usize = 512;

impl<N: SectionItem> Section<N> {
    /// Writes the section as JSON, byte for byte as Python's `NotificationLogView` does.
    #[must_use]
    pub fn to_json(&self) -> String {
        let mut out = String::with_capacity(ITEM_BYTES * (self.items.len() + 1));
        out.push_str(r#"{"items":["#);
        for (index, item) in self.items.iter().enumerate() {
            if index > 0 {
                out.push(',');
            }
            item.write_json(&mut out);
        }
        out.push(']');
        write_id(&mut out, "next_id", self.next);
        write_id(&mut out, "previous_id", self.previous);
        write_id(&mut out, "section_id", Some(self.id));
        out.push('}');
        out
    }

    /// Parses a section.
    ///
    /// # Errors
    ///
    /// [`NotificationError::MalformedSection`] if the text is not JSON, has other keys or has more
    /// items than its id has room for; if the record ids are out of order; if the id has room for
    /// more than [`SectionSize::MAX`]; or if a link is not to a neighbour.
    pub fn from_json(text: &str) -> Result<Self> {
        let wire: SectionWire<'_, N::Wire<'_>> = serde_json::from_str(text)
            .map_err(|error| NotificationError::malformed(json_error(&error)))?;
        let id: SectionId = wire.section_id.parse()?;
        check_width(id)?;
        // Items beyond the last record id are kept here, so that the check finds them.
        let items = id.first().successors().zip(wire.items);
        let items = items
            .map(|(record_id, item)| N::from_wire(record_id, item))
            .collect::<Result<Vec<_>>>()?;
        check_record_ids(id, &items)?;
        Ok(Self {
            id,
            items,
            previous: link(id, wire.previous_id, id.previous())?,
            next: link(id, wire.next_id, Some(id.next()))?,
        })
    }
}

fn write_id(out: &mut String, key: &str, id: Option<SectionId>) {
    // Writing to a `String` cannot fail.
    let _ = match id {
        Some(id) => write!(out, r#","{key}":"{id}""#),
        None => write!(out, r#","{key}":null"#),
    };
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SectionWire<'a, W> {
    items: Vec<W>,
    #[serde(borrow)]
    next_id: Option<Cow<'a, str>>,
    #[serde(borrow)]
    previous_id: Option<Cow<'a, str>>,
    #[serde(borrow)]
    section_id: Cow<'a, str>,
}

/// Describes a JSON error by its kind and its place. The error's own message may quote values of
/// the user.
fn json_error(error: &serde_json::Error) -> String {
    let problem = match error.classify() {
        serde_json::error::Category::Data => "it has other keys or values than a section",
        serde_json::error::Category::Eof => "it is cut off",
        _ => "it is not JSON",
    };
    format!(
        "{problem}, at byte {} of line {}",
        error.column(),
        error.line()
    )
}

/// Limits the record ids that one section covers. A reader continues after an archived section, so
/// a wider answer could make it skip notifications.
fn check_width(id: SectionId) -> Result<()> {
    if id.width() > SectionSize::MAX.get() {
        let largest = SectionSize::MAX.get();
        let reason = format!("section {id} has room for more than {largest} notifications");
        return Err(NotificationError::malformed(reason).into());
    }
    Ok(())
}

/// Parses a link to the section's neighbour; `None` if there is no link.
fn link(
    id: SectionId,
    text: Option<Cow<'_, str>>,
    neighbour: Option<SectionId>,
) -> Result<Option<SectionId>> {
    let link = text.map(|text| text.parse::<SectionId>()).transpose()?;
    if link.is_some() && link != neighbour {
        let reason = format!("section {id} has a link to a section that is not its neighbour");
        return Err(NotificationError::malformed(reason).into());
    }
    Ok(link)
}

/// Checks that the record ids are within the section and ascending, so that a reader never goes
/// back.
fn check_record_ids<N: SectionItem>(id: SectionId, items: &[N]) -> Result<()> {
    let mut lowest = id.first();
    for item in items {
        let record_id = item.record_id();
        if record_id < lowest || record_id > id.last() {
            let reason = format!("record id {record_id} is out of order in section {id}");
            return Err(NotificationError::malformed(reason).into());
        }
        lowest = record_id.next();
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use es_store::{RecordId, Topic};

    use super::super::notification::Notification;
    use super::super::section::SectionState;
    use super::*;

    fn section(record_ids: &[u64], state: SectionState) -> Section<Notification> {
        let size = SectionSize::new(3).unwrap();
        let items = record_ids.iter().map(|record_id| Notification {
            record_id: RecordId::new(*record_id),
            topic: Topic::new("worlds#World.Created"),
            data: r#"{"a":"é"}"#.into(),
        });
        let id = SectionId::containing(RecordId::new(4), size);
        Section::new(id, items.collect(), state)
    }

    #[test]
    fn a_section_is_written_as_python_writes_it_and_read_back() {
        let section = section(&[4], SectionState::Open);
        let text = section.to_json();
        assert_eq!(
            text,
            r#"{"items":[{"data":"{\"a\":\"\u00e9\"}","id":4,"topic":"worlds#World.Created"}],"next_id":null,"previous_id":"1,3","section_id":"4,6"}"#
        );
        assert_eq!(Section::from_json(&text).unwrap(), section);
    }

    #[test]
    fn an_archived_section_has_a_next_one_even_with_a_gap() {
        let section = section(&[4, 6], SectionState::Archived);
        assert!(section.is_archived());
        assert!(section.to_json().contains(r#""next_id":"7,9""#));
    }

    /// Returns the text of an empty, archived section with room for `width` notifications.
    fn wide(width: u64) -> String {
        let next = (width.saturating_add(1), width.saturating_mul(2));
        let next = (next.0.min(i64::MAX as u64), next.1.min(i64::MAX as u64));
        format!(
            r#"{{"items":[],"next_id":"{},{}","previous_id":null,"section_id":"1,{width}"}}"#,
            next.0, next.1
        )
    }

    #[test]
    fn texts_other_than_sections_are_refused() {
        let good = section(&[4, 5, 6], SectionState::Archived).to_json();
        let bad = [
            String::new(),
            "null".into(),
            "[]".into(),
            good[..good.len() - 1].into(),
            good.replace(r#""id":5"#, r#""id":4"#),
            good.replace(r#""id":5"#, r#""id":7"#),
            good.replace(r#""id":5"#, r#""id":-5"#),
            good.replace(r#""id":5"#, r#""id":5,"x":1"#),
            good.replace("4,6", "current"),
            good.replace(r#""7,9""#, "7"),
            good.replace(r#""7,9""#, r#""7,10""#),
            good.replace(r#""7,9""#, r#""10,12""#),
            good.replace(r#""1,3""#, r#""2,3""#),
            wide(1_001),
            wide(9_223_372_036_854_775_807),
            good.replace("items", "things"),
        ];
        for good in [&good, &wide(1_000)] {
            assert!(Section::<Notification>::from_json(good).is_ok(), "{good}");
        }
        for text in bad {
            assert!(Section::<Notification>::from_json(&text).is_err(), "{text}");
        }
    }
}
