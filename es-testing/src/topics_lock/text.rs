//! The format of the file: one fact per line, indented below its subject.

use std::fmt;
use std::str::FromStr;

use super::lock::{EventType, Fields, TopicsLock, Type, Value};

const HEADER: &str = "\
# The stored names and shapes of all aggregates, which a program needs to read stored events. The test that checks this
# file writes it (`es_testing::topics_lock`, TOPICS_LOCK=update). Review each change: it changes the stored format.
";

const ANY: &str = "any object";

impl fmt::Display for TopicsLock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(HEADER)?;
        for (topic, entry) in &self.types {
            write!(f, "\naggregate {topic}\n{entry}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for was in &self.was {
            writeln!(f, "  was {was}")?;
        }
        if let Some(base) = &self.base {
            writeln!(f, "  base {base}")?;
        }
        if let Some(created) = &self.created {
            writeln!(f, "  created")?;
            write_fields(f, "    ", created)?;
        }
        for (name, value) in &self.attributes {
            writeln!(f, "  attribute {name}: {value}")?;
        }
        for (name, event) in &self.events {
            write!(f, "  event {name}\n{event}")?;
        }
        Ok(())
    }
}

impl fmt::Display for EventType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for was in &self.was {
            writeln!(f, "    was {was}")?;
        }
        if self.is_retired {
            writeln!(f, "    retired")?;
        }
        for (version, shape) in &self.versions {
            match shape {
                None => writeln!(f, "    version {version} {ANY}")?,
                Some(fields) => {
                    writeln!(f, "    version {version}")?;
                    write_fields(f, "      ", fields)?;
                }
            }
        }
        Ok(())
    }
}

fn write_fields(f: &mut fmt::Formatter<'_>, indent: &str, fields: &Fields) -> fmt::Result {
    fields
        .iter()
        .try_for_each(|(name, value)| writeln!(f, "{indent}{name}: {value}"))
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.ty)?;
        for was in &self.was {
            write!(f, ", was {was}")?;
        }
        f.write_str(if self.has_default { ", default" } else { "" })
    }
}

impl FromStr for TopicsLock {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut reader = Reader::default();
        for (index, line) in text.lines().enumerate() {
            let fact = line.trim();
            if fact.is_empty() || fact.starts_with('#') {
                continue;
            }
            let depth = (line.len() - line.trim_start().len()) / 2;
            let known = match depth {
                0 => reader.read_file_fact(fact),
                1 => reader.read_type_fact(fact),
                2 => reader.read_event_fact(fact),
                _ => reader.read_version_fact(fact),
            };
            known.ok_or_else(|| format!("line {}: unknown entry `{fact}`", index + 1))?;
        }
        Ok(reader.lock)
    }
}

/// The facts parsed so far, and the subject of the next line.
#[derive(Default)]
struct Reader {
    lock: TopicsLock,
    topic: String,
    event: Option<String>,
    version: u32,
}

impl Reader {
    fn read_file_fact(&mut self, fact: &str) -> Option<()> {
        fact.strip_prefix("aggregate ")?.clone_into(&mut self.topic);
        self.event = None;
        self.lock.types.insert(self.topic.clone(), Type::default());
        Some(())
    }

    fn read_type_fact(&mut self, fact: &str) -> Option<()> {
        let entry = self.lock.types.get_mut(&self.topic)?;
        self.event = None;
        let (word, rest) = fact.split_once(' ').unwrap_or((fact, ""));
        match word {
            "was" => drop(entry.was.insert(rest.to_owned())),
            "base" => entry.base = Some(rest.to_owned()),
            "created" => entry.created = Some(Fields::new()),
            "attribute" => add_field(&mut entry.attributes, rest)?,
            "event" => {
                self.event = Some(rest.to_owned());
                entry.events.insert(rest.to_owned(), EventType::default());
            }
            _ => return None,
        }
        Some(())
    }

    fn read_event_fact(&mut self, fact: &str) -> Option<()> {
        let entry = self.lock.types.get_mut(&self.topic)?;
        let Some(event) = &self.event else {
            return add_field(entry.created.as_mut()?, fact);
        };
        let event = entry.events.get_mut(event)?;
        let (word, rest) = fact.split_once(' ').unwrap_or((fact, ""));
        match word {
            "was" => drop(event.was.insert(rest.to_owned())),
            "retired" => event.is_retired = true,
            "version" => {
                let (number, shape) = rest.split_once(' ').unwrap_or((rest, ""));
                self.version = number.parse().ok()?;
                let fields = (shape != ANY).then(Fields::new);
                event.versions.insert(self.version, fields);
            }
            _ => return None,
        }
        Some(())
    }

    fn read_version_fact(&mut self, fact: &str) -> Option<()> {
        let entry = self.lock.types.get_mut(&self.topic)?;
        let event = entry.events.get_mut(self.event.as_ref()?)?;
        add_field(event.versions.get_mut(&self.version)?.as_mut()?, fact)
    }
}

fn add_field(fields: &mut Fields, fact: &str) -> Option<()> {
    let (name, rest) = fact.split_once(": ")?;
    let (rest, has_default) = match rest.strip_suffix(", default") {
        Some(rest) => (rest, true),
        None => (rest, false),
    };
    let mut parts = rest.split(", was ");
    let ty = parts.next()?.to_owned();
    let value = Value {
        ty,
        was: parts.map(str::to_owned).collect(),
        has_default,
    };
    fields.insert(name.to_owned(), value);
    Some(())
}
