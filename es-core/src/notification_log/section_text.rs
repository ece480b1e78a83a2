//! The JSON of sections: `{"items":[…],"next_id":"21,40","previous_id":null,"section_id":"1,20"}`.

use std::borrow::Cow;
use std::fmt::Write as _;

use serde::Deserialize;

use super::notification::SectionItem;
use super::section::{Section, SectionId, SectionSize};
use crate::error::{NotificationError, Result};

/// About what a notification takes, so that a text is seldom moved while it grows.
const ITEM_BYTES: usize = 512;

impl<N: SectionItem> Section<N> {
    /// The JSON that Python's `NotificationLogView` makes of the section, byte for byte.
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

    /// The section that a JSON text is.
    ///
    /// # Errors
    ///
    /// [`NotificationError::MalformedSection`] where it is none: no JSON, other keys, more items than its id has room
    /// for, numbers that are not in order, an id that has room for more than [`SectionSize::LARGEST`], or links to other
    /// sections than those beside it.
    pub fn from_json(text: &str) -> Result<Self> {
        let wire: SectionWire<'_, N::Wire<'_>> = serde_json::from_str(text)
            .map_err(|error| NotificationError::malformed(place(&error)))?;
        let id: SectionId = wire.section_id.parse()?;
        check_width(id)?;
        let items = (id.first()..)
            .zip(wire.items)
            .map(|(number, item)| N::from_wire(number, item))
            .collect::<Result<Vec<_>>>()?;
        check_numbers(id, &items)?;
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

/// Where the JSON is wrong. The message itself would quote values.
fn place(error: &serde_json::Error) -> String {
    let what = match error.classify() {
        serde_json::error::Category::Data => "it has other keys or values",
        serde_json::error::Category::Eof => "it is cut off",
        _ => "it is not JSON",
    };
    format!(
        "{what}, at byte {} of line {}",
        error.column(),
        error.line()
    )
}

/// A reader goes on behind an archived section, whatever is in it: no answer may make it skip more than a full one has.
fn check_width(id: SectionId) -> Result<()> {
    if id.width() > SectionSize::LARGEST.get() {
        let largest = SectionSize::LARGEST.get();
        let reason = format!("section {id} has room for more than {largest}");
        return Err(NotificationError::malformed(reason).into());
    }
    Ok(())
}

/// The link of a section, which is to the one beside it or to none.
fn link(
    id: SectionId,
    text: Option<Cow<'_, str>>,
    neighbour: Option<SectionId>,
) -> Result<Option<SectionId>> {
    let link = text.map(|text| text.parse::<SectionId>()).transpose()?;
    if link.is_some() && link != neighbour {
        let reason = format!("section {id} has a link to one that is not beside it");
        return Err(NotificationError::malformed(reason).into());
    }
    Ok(link)
}

/// Numbers within the section, ascending: so whoever reads on never goes back.
fn check_numbers<N: SectionItem>(id: SectionId, items: &[N]) -> Result<()> {
    let mut lowest = id.first();
    for item in items {
        let number = item.number();
        if number < lowest || number > id.last() {
            let reason = format!("number {number} is out of place in section {id}");
            return Err(NotificationError::malformed(reason).into());
        }
        lowest = number + 1;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use es_store::{RecordId, Topic};

    use super::super::notification::Notification;
    use super::super::section::{Growth, SectionSize};
    use super::*;

    fn section(numbers: &[u64], growth: Growth) -> Section<Notification> {
        let size = SectionSize::new(3).unwrap();
        let items = numbers.iter().map(|number| Notification {
            id: RecordId::new(*number),
            topic: Topic::new("worlds#World.Created"),
            data: r#"{"a":"é"}"#.into(),
        });
        Section::new(SectionId::containing(4, size), items.collect(), growth)
    }

    #[test]
    fn a_section_is_written_as_python_writes_it_and_read_back() {
        let section = section(&[4], Growth::Open);
        let text = section.to_json();
        assert_eq!(
            text,
            r#"{"items":[{"data":"{\"a\":\"\u00e9\"}","id":4,"topic":"worlds#World.Created"}],"next_id":null,"previous_id":"1,3","section_id":"4,6"}"#
        );
        assert_eq!(Section::from_json(&text).unwrap(), section);
    }

    #[test]
    fn an_archived_section_has_a_next_one_even_with_a_gap() {
        let section = section(&[4, 6], Growth::Archived);
        assert!(section.is_archived());
        assert!(section.to_json().contains(r#""next_id":"7,9""#));
    }

    /// An empty section that has room for this many, and is said to be archived.
    fn wide(width: u64) -> String {
        let next = (width.saturating_add(1), width.saturating_mul(2));
        let next = (next.0.min(i64::MAX as u64), next.1.min(i64::MAX as u64));
        format!(
            r#"{{"items":[],"next_id":"{},{}","previous_id":null,"section_id":"1,{width}"}}"#,
            next.0, next.1
        )
    }

    #[test]
    fn what_is_no_section_is_refused() {
        let good = section(&[4, 5, 6], Growth::Archived).to_json();
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
