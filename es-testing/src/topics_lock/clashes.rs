use super::lock::{TopicsLock, Type};

impl TopicsLock {
    /// What is stored under one name and claimed by two types.
    pub(super) fn clashes(&self) -> Vec<String> {
        let shared = self.owners.iter().filter(|(_, owners)| owners.len() > 1);
        let of_types = shared.map(|(topic, owners)| {
            let owners: Vec<_> = owners.iter().map(|owner| format!("`{owner}`")).collect();
            format!(
                "`{topic}` is the topic of {}: give all but one another, `topic = \"…\"`, or take it out of `was(…)`",
                owners.join(" and of ")
            )
        });
        let of_events = self
            .types
            .iter()
            .flat_map(|(topic, entry)| entry.clashes(topic));
        of_types.chain(of_events).collect()
    }
}

impl Type {
    fn clashes(&self, topic: &str) -> Vec<String> {
        let mut faults = Vec::new();
        for (name, event) in &self.events {
            for was in &event.was {
                let claims = |(other, event): (&String, &super::lock::EventType)| {
                    let is_former = other > name && event.was.contains(was);
                    (other == was || is_former).then(|| other.clone())
                };
                let other = self.events.iter().filter(|(other, _)| *other != name);
                faults.extend(other.filter_map(claims).map(|other| {
                    format!(
                        "events of `{topic}` that are stored as `{was}` are claimed by `{name}` and by `{other}`: take it \
                         out of the `was(…)` of one"
                    )
                }));
            }
        }
        faults
    }
}
