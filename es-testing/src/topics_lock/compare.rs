//! The rules of compatible changes: stored events remain readable.

use super::lock::{EventType, Fields, TopicsLock, Type, Value};

impl TopicsLock {
    /// Returns each incompatible change since `locked`, after which stored events could no longer
    /// be read, with its remedy.
    #[must_use]
    pub fn changes_since(&self, locked: &Self) -> Vec<String> {
        let mut faults = Vec::new();
        for (topic, before) in &locked.types {
            match self.reader_of(topic) {
                Some((now_topic, now)) => check_type(topic, before, now_topic, now, &mut faults),
                None => faults.push(format!(
                    "the aggregate `{topic}` is gone; if it was renamed or moved, keep its topic or add \
                     `was(\"{topic}\")` to the new one, else restore it"
                )),
            }
        }
        faults
    }

    /// Returns the type that reads the events stored under a topic: its owner, or the type that
    /// lists it as a former topic.
    fn reader_of(&self, topic: &str) -> Option<(&String, &Type)> {
        let current = self.types.get_key_value(topic);
        current.or_else(|| {
            self.types
                .iter()
                .find(|(_, entry)| entry.was.contains(topic))
        })
    }
}

fn check_type(topic: &str, before: &Type, now_topic: &str, now: &Type, faults: &mut Vec<String>) {
    for was in &before.was {
        if was != now_topic && !now.was.contains(was) {
            faults.push(format!(
                "`{topic}` no longer lists `was(\"{was}\")`, but older events are stored under that name; restore it"
            ));
        }
    }
    let base = before.base.as_deref().unwrap_or(topic);
    let is_known = base == now_topic || now.base.as_deref() == Some(base) || now.was.contains(base);
    if !is_known {
        faults.push(format!(
            "the base of `{topic}` was `{base}`, and its `Created` events are stored under that name; add \
             `base = \"{base}\"`"
        ));
    }
    if let (Some(before), Some(now)) = (&before.created, &now.created) {
        let place = format!("`{topic}.Created`");
        check_fields(&place, before, now, Remedy::Created, faults);
    }
    check_attributes(topic, &before.attributes, &now.attributes, faults);
    for (name, event) in &before.events {
        check_event(topic, name, event, now, faults);
    }
}

/// An event stores one change of one attribute, so an added attribute needs no default.
fn check_attributes(topic: &str, before: &Fields, now: &Fields, faults: &mut Vec<String>) {
    for (name, value) in before {
        match now.get(name) {
            None => faults.push(format!(
                "the attribute `{name}` of `{topic}` is gone, but its changes are stored; if the field was renamed, add \
                 `#[attribute(name = \"{name}\")]`, else restore it"
            )),
            Some(now) if !value.is_read_as(now) => faults.push(format!(
                "the attribute `{name}` of `{topic}` was a `{}` and is a `{}`; restore the type, or add an attribute of \
                 another name",
                value.ty, now.ty
            )),
            Some(_) => {}
        }
    }
}

fn check_event(topic: &str, name: &str, before: &EventType, now: &Type, faults: &mut Vec<String>) {
    let current = now.events.get(name);
    let reader = current.or_else(|| now.events.values().find(|event| event.was.contains(name)));
    let Some(reader) = reader else {
        faults.push(format!(
            "the event `{name}` of `{topic}` is gone, but such events are stored; if it was renamed, add \
             `#[event(was(\"{name}\"))]`, else restore it, as `#[event(retired)]` if it is no longer triggered"
        ));
        return;
    };
    for was in &before.was {
        if !reader.was.contains(was) && !now.events.contains_key(was) {
            faults.push(format!(
                "`{topic}.{name}` no longer lists `was(\"{was}\")`, but older events are stored under that name; restore it"
            ));
        }
    }
    for (version, fields) in &before.versions {
        match (fields, reader.versions.get(version)) {
            (_, None) => faults.push(format!(
                "version {version} of `{topic}.{name}` is gone, but such events are stored; restore it: versions only grow"
            )),
            (Some(before), Some(Some(now))) => {
                let place = format!("version {version} of `{topic}.{name}`");
                let is_last = reader.versions.keys().max() == Some(version);
                let remedy = if is_last {
                    Remedy::Version(*version)
                } else {
                    Remedy::Upcast(*version)
                };
                check_fields(&place, before, now, remedy, faults);
            }
            _ => {}
        }
    }
}

/// The compatible way to change the fields of a payload.
#[derive(Clone, Copy)]
enum Remedy {
    Created,
    Version(u32),
    Upcast(u32),
}

impl Remedy {
    fn text(self) -> String {
        match self {
            Self::Created => {
                "restore the fields, because a created event has no versions".to_owned()
            }
            Self::Version(version) => {
                let next = version + 1;
                format!(
                    "add `version = {next}, upcast(from = {version}, with = …)` to the event, with a struct that has the \
                     old fields"
                )
            }
            Self::Upcast(version) => format!(
                "restore the struct that the upcast from version {version} takes, because its shape is stored"
            ),
        }
    }
}

fn check_fields(
    place: &str,
    before: &Fields,
    now: &Fields,
    remedy: Remedy,
    faults: &mut Vec<String>,
) {
    let remedy = remedy.text();
    for (name, value) in before {
        let current = now.get(name);
        let reader = current.or_else(|| now.values().find(|value| value.was.contains(name)));
        let fault = match reader {
            None => {
                format!("`{name}` is gone; if it was renamed, add `#[serde(alias = \"{name}\")]`")
            }
            Some(reader) if !value.is_read_as(reader) => {
                format!("`{name}` was a `{}` and is a `{}`", value.ty, reader.ty)
            }
            Some(reader) if value.has_default && !reader.has_default => {
                format!(
                    "`{name}` had a default and has none, but older events lack it; add `#[serde(default)]`"
                )
            }
            Some(_) => continue,
        };
        faults.push(format!("{place}: {fault}; or {remedy}"));
    }
    for (name, value) in now {
        let is_known =
            before.contains_key(name) || value.was.iter().any(|was| before.contains_key(was));
        if !is_known && !value.has_default {
            faults.push(format!(
                "{place}: `{name}` is new, and stored events lack it; add `#[serde(default)]`; or {remedy}"
            ));
        }
    }
}

impl Value {
    /// Returns whether stored values of this type can be read as `now`: the same type, or an
    /// `Option` of it.
    fn is_read_as(&self, now: &Self) -> bool {
        self.ty == now.ty || format!("Option<{}>", self.ty) == now.ty
    }
}
