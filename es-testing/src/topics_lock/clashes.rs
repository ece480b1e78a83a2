//! Names that two types or two events claim.

use super::lock::{EventType, TopicsLock, Type};

impl TopicsLock {
    /// Returns a fault for each stored name that several types or events claim.
    pub(super) fn clashes(&self) -> Vec<String> {
        let shared = self.owners.iter().filter(|(_, owners)| owners.len() > 1);
        let type_clashes = shared.map(|(topic, owners)| {
            let owners: Vec<_> = owners.iter().map(|owner| format!("`{owner}`")).collect();
            format!(
                "`{topic}` is the topic of {}; give all but one of them another with `topic = \"…\"`, or remove it from \
                 `was(…)`",
                owners.join(" and of ")
            )
        });
        let event_clashes = self
            .types
            .iter()
            .flat_map(|(topic, entry)| entry.clashes(topic));
        type_clashes.chain(event_clashes).collect()
    }
}

impl Type {
    fn clashes(&self, topic: &str) -> Vec<String> {
        let mut faults = Vec::new();
        for (name, event) in &self.events {
            for was in &event.was {
                let claims = |(other, event): (&String, &EventType)| {
                    let is_former = other > name && event.was.contains(was);
                    (other == was || is_former).then(|| other.clone())
                };
                let other = self.events.iter().filter(|(other, _)| *other != name);
                faults.extend(other.filter_map(claims).map(|other| {
                    format!(
                        "the former name `{was}` of an event of `{topic}` is claimed by `{name}` and by `{other}`; remove it \
                         from one `was(…)`"
                    )
                }));
            }
        }
        faults
    }
}
