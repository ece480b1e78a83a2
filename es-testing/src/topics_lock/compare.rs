//! What was changed so that stored events cannot be read any more. Every rule of it is here.

use super::lock::{EventType, Fields, TopicsLock, Type, Value};

impl TopicsLock {
    /// What was changed, since `locked`, so that what is stored could no longer be read, and how to change it instead.
    #[must_use]
    pub fn changes_since(&self, locked: &Self) -> Vec<String> {
        let mut faults = Vec::new();
        for (topic, before) in &locked.types {
            match self.heir(topic) {
                Some((now_topic, now)) => check_type(topic, before, now_topic, now, &mut faults),
                None => faults.push(format!(
                    "there is no aggregate `{topic}` any more: keep it; where it was renamed or moved, keep its topic, or \
                     write `was(\"{topic}\")` above it as it is called now"
                )),
            }
        }
        faults
    }

    /// The type that reads what is stored under a topic.
    fn heir(&self, topic: &str) -> Option<(&String, &Type)> {
        let of_now = self.types.get_key_value(topic);
        of_now.or_else(|| {
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
                "`{topic}` no longer says `was(\"{was}\")`, and older events are stored under that: write it again"
            ));
        }
    }
    let base = before.base.as_deref().unwrap_or(topic);
    let is_known = base == now_topic || now.base.as_deref() == Some(base) || now.was.contains(base);
    if !is_known {
        faults.push(format!(
            "the base of `{topic}` was `{base}`, and its `Created` events are stored under that: write `base = \"{base}\"`"
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

/// Changes are stored one by one, under the attribute's name: there is nothing to be absent.
fn check_attributes(topic: &str, before: &Fields, now: &Fields, faults: &mut Vec<String>) {
    for (name, value) in before {
        match now.get(name) {
            None => faults.push(format!(
                "there is no attribute `{name}` of `{topic}` any more, and changes of it are stored: keep it; where the \
                 field was renamed, write `#[attribute(name = \"{name}\")]`"
            )),
            Some(now) if !value.is_read_as(now) => faults.push(format!(
                "the attribute `{name}` of `{topic}` was a `{}` and is a `{}`: keep the type, or add an attribute of \
                 another name",
                value.ty, now.ty
            )),
            Some(_) => {}
        }
    }
}

fn check_event(topic: &str, name: &str, before: &EventType, now: &Type, faults: &mut Vec<String>) {
    let of_now = now.events.get(name);
    let heir = of_now.or_else(|| now.events.values().find(|event| event.was.contains(name)));
    let Some(heir) = heir else {
        faults.push(format!(
            "there is no event `{name}` of `{topic}` any more, and events of it are stored: keep it, as \
             `#[event(retired)]` where it no longer happens; where it was renamed, write `#[event(was(\"{name}\"))]`"
        ));
        return;
    };
    for was in &before.was {
        if !heir.was.contains(was) && !now.events.contains_key(was) {
            faults.push(format!(
                "`{topic}.{name}` no longer says `was(\"{was}\")`, and older events are stored under that: write it again"
            ));
        }
    }
    for (version, fields) in &before.versions {
        match (fields, heir.versions.get(version)) {
            (_, None) => faults.push(format!(
                "`{topic}.{name}` was of version {version}, which is not known any more: versions only grow"
            )),
            (Some(before), Some(Some(now))) => {
                let place = format!("version {version} of `{topic}.{name}`");
                let is_last = heir.versions.keys().max() == Some(version);
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

/// How the shape of a payload is changed rightly.
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
                "keep it as it was: the values of a first event have no versions".to_owned()
            }
            Self::Version(version) => {
                let next = version + 1;
                format!(
                    "give the event `version = {next}, upcast(from = {version}, with = …)`, from a struct with the fields \
                     as they were"
                )
            }
            Self::Upcast(version) => format!(
                "the struct that the upcast from version {version} takes is what is stored: make it as it was"
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
        let heir = now.get(name);
        let heir = heir.or_else(|| now.values().find(|value| value.was.contains(name)));
        let fault = match heir {
            None => format!(
                "`{name}` is gone; where it was renamed, `#[serde(alias = \"{name}\")]` finds it"
            ),
            Some(heir) if !value.is_read_as(heir) => {
                format!("`{name}` was a `{}` and is a `{}`", value.ty, heir.ty)
            }
            Some(heir) if value.has_default && !heir.has_default => {
                format!(
                    "`{name}` had a default and has none, and older events lack it: add `#[serde(default)]`"
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
                "{place}: `{name}` is new, and what is stored lacks it: add `#[serde(default)]`; or {remedy}"
            ));
        }
    }
}

impl Value {
    /// Whether what was stored as this is read as `now`: the same type, or an `Option` of it.
    fn is_read_as(&self, now: &Self) -> bool {
        self.ty == now.ty || format!("Option<{}>", self.ty) == now.ty
    }
}
