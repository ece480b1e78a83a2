//! Items, fields and events below `#[cfg(…)]`.

use super::*;

/// An aggregate that is not compiled, and neither are its generated items.
#[aggregate(events(Nothing))]
#[cfg(any())]
pub struct Never {
    #[attribute]
    what: Nothing,
}

#[event(name = "Nothing")]
#[cfg(any())]
pub struct Nothing {
    pub what: Never,
}

#[aggregate(
    events(#[cfg(panic = "unwind")] Switched, #[cfg(any())] Missing, #[cfg(not(any()))] Other)
)]
#[cfg(panic = "unwind")]
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Switch {
    #[cfg(any())]
    #[attribute]
    state: Missing,
    #[cfg(not(any()))]
    #[attribute]
    state: String,
    #[cfg(any())]
    #[created]
    since: Missing,
}

#[event]
pub struct Switched;

#[event]
#[cfg(panic = "unwind")]
pub struct Other;

impl Mutate<Switch> for Switched {
    fn mutate(&self, switch: &mut Switch) {
        switch.state.push('!');
    }
}

impl Mutate<Switch> for Other {
    fn mutate(&self, _: &mut Switch) {}
}

#[test]
fn disabled_items_fields_and_events_expand_to_nothing() {
    let mut switch = Switch::create("on").unwrap();
    switch.set_state("off").unwrap();
    switch.trigger(Switched).unwrap();
    switch.trigger(Other).unwrap();
    assert_eq!(switch.state(), "off!");
    assert_eq!(replayed(&switch), switch);
    let both = std::collections::HashSet::from([replayed(&switch), switch]);
    assert_eq!(both.len(), 1);
}
