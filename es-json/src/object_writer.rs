//! The writer of objects: sorted entries, no key twice.

use std::cmp::Ordering;

use serde::Serialize;
use serde::ser::{SerializeMap, SerializeStructVariant};

use super::error::Error;
use super::escape::{compare_escaped, unescape};
use super::key_writer::KeyWriter;
use super::writer::Writer;

/// Initial capacity of the list of entries. It fits an event with nested objects, so that the list
/// is allocated once.
const INITIAL_ENTRIES: usize = 24;

/// The byte range of an entry in the output. The range starts with the key, quoted and escaped.
#[derive(Clone, Copy)]
pub(super) struct Entry {
    start: usize,
    key_end: usize,
    end: usize,
    /// Set if the key has no escapes, so that its bytes compare as the key does.
    plain: bool,
}

impl Entry {
    fn key(self, text: &str) -> &str {
        &text[self.start + 1..self.key_end - 1]
    }

    fn compare(self, other: Self, text: &str) -> Ordering {
        let (left, right) = (self.key(text), other.key(text));
        if self.plain && other.plain {
            left.cmp(right)
        } else {
            compare_escaped(left, right)
        }
    }
}

/// Writes one object. Entries are written in the order of arrival, and reordered at the end only if
/// one arrived out of order.
pub(super) struct ObjectWriter<'w, 'o> {
    writer: &'w mut Writer<'o>,
    /// Offset of the first entry in the output.
    start: usize,
    /// Index of the first entry in the writer's list, which nested objects share.
    first: usize,
    sorted: bool,
    /// Set if the object is a value of a special type.
    tagged: bool,
    closing: &'static str,
}

impl<'w, 'o> ObjectWriter<'w, 'o> {
    pub(super) fn new(writer: &'w mut Writer<'o>) -> Self {
        writer.enter();
        writer.out.push('{');
        if writer.entries.capacity() == 0 {
            writer.entries.reserve(INITIAL_ENTRIES);
        }
        Self {
            start: writer.out.len(),
            first: writer.entries.len(),
            sorted: true,
            tagged: std::mem::take(&mut writer.tagged),
            closing: "}",
            writer,
        }
    }

    /// Starts an object that is the only value of another one, under the name of an enum variant.
    pub(super) fn new_variant(writer: &'w mut Writer<'o>, variant: &str) -> Result<Self, Error> {
        writer.begin_variant(variant)?;
        Ok(Self {
            closing: "}}",
            ..Self::new(writer)
        })
    }

    /// Writes a key and its value.
    pub(super) fn entry<T: Serialize + ?Sized>(
        &mut self,
        key: &str,
        value: &T,
    ) -> Result<(), Error> {
        self.key(key)?;
        self.value(value)
    }

    /// Writes a key and a value that is canonical text already.
    pub(super) fn raw_entry(&mut self, key: &str, text: &str) -> Result<(), Error> {
        self.write_key(key)?;
        self.writer.out.push_str(text);
        self.end_entry();
        Ok(())
    }

    /// Writes a key. The caller must write its value next.
    pub(super) fn key<K: Serialize + ?Sized>(&mut self, key: &K) -> Result<(), Error> {
        self.write_key(key)?;
        if self.tagged {
            return Ok(());
        }
        // A key with escapes is none of the special keys.
        self.writer.check_key(self.last_key())
    }

    fn write_key<K: Serialize + ?Sized>(&mut self, key: &K) -> Result<(), Error> {
        let out = &mut *self.writer.out;
        if out.len() > self.start {
            out.push(',');
        }
        let start = out.len();
        let plain = key.serialize(KeyWriter(out))?;
        let key_end = out.len();
        self.writer.out.push(':');
        let entry = Entry {
            start,
            key_end,
            end: key_end,
            plain,
        };
        self.check_order(entry)?;
        self.writer.entries.push(entry);
        Ok(())
    }

    /// Returns the last key as written, quoted and escaped.
    pub(super) fn last_key(&self) -> &str {
        let last = self.writer.entries.last();
        last.map_or("", |entry| entry.key(self.writer.out))
    }

    fn check_order(&mut self, entry: Entry) -> Result<(), Error> {
        let Some(last) = self.writer.entries[self.first..].last() else {
            return Ok(());
        };
        match last.compare(entry, self.writer.out) {
            Ordering::Less => Ok(()),
            Ordering::Equal => Err(self.duplicate(entry)),
            Ordering::Greater => {
                self.sorted = false;
                Ok(())
            }
        }
    }

    fn duplicate(&self, entry: Entry) -> Error {
        let key = unescape(entry.key(self.writer.out)).collect();
        Error::DuplicateKey { key }
    }

    fn value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        let entry = self.writer.entries.len().saturating_sub(1);
        if let Err(error) = value.serialize(&mut *self.writer) {
            return Err(self.inside_entry(entry, error));
        }
        self.end_entry();
        Ok(())
    }

    /// Adds the key of an entry to the path of the error of its value.
    #[cold]
    fn inside_entry(&self, entry: usize, error: Error) -> Error {
        let Some(entry) = self.writer.entries.get(entry) else {
            return error;
        };
        let key: String = unescape(entry.key(self.writer.out)).collect();
        error.inside(&key)
    }

    fn end_entry(&mut self) {
        let end = self.writer.out.len();
        if let Some(entry) = self.writer.entries.last_mut() {
            entry.end = end;
        }
    }

    pub(super) fn close(mut self) -> Result<(), Error> {
        if !self.sorted {
            self.sort()?;
        }
        self.writer.entries.truncate(self.first);
        self.writer.leave(self.closing)
    }

    /// Appends the entries again in order and removes the first copy. This needs no buffer besides
    /// `out`.
    fn sort(&mut self) -> Result<(), Error> {
        let out = &mut *self.writer.out;
        let entries = &mut self.writer.entries[self.first..];
        entries.sort_unstable_by(|a, b| a.compare(*b, out));
        let twice = |pair: &&[Entry]| pair[0].compare(pair[1], out) == Ordering::Equal;
        if let Some(pair) = entries.windows(2).find(twice) {
            let entry = pair[0];
            return Err(self.duplicate(entry));
        }
        let end = out.len();
        for (index, entry) in entries.iter().enumerate() {
            if index > 0 {
                out.push(',');
            }
            out.extend_from_within(entry.start..entry.end);
        }
        out.drain(self.start..end);
        Ok(())
    }
}

impl SerializeMap for ObjectWriter<'_, '_> {
    type Ok = ();
    type Error = Error;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Error> {
        self.key(key)
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        self.value(value)
    }

    fn end(self) -> Result<(), Error> {
        self.close()
    }
}

impl SerializeStructVariant for ObjectWriter<'_, '_> {
    type Ok = ();
    type Error = Error;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        key: &'static str,
        value: &T,
    ) -> Result<(), Error> {
        self.entry(key, value)
    }

    fn end(self) -> Result<(), Error> {
        self.close()
    }
}
