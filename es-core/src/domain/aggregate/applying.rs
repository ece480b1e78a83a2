//! Applying an event. No event can be triggered meanwhile, nor after a panic.

use super::aggregate::Aggregate;

/// The condition of an aggregate that decides whether an event can be triggered on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Activity {
    Ready,
    /// An event is being applied. An event that is triggered now would precede it in the sequence.
    Applying,
    /// A `mutate` panicked, so the state may match no event.
    Broken,
}

/// Applies an event with `mutate`. The state must have advanced to the event already.
pub(crate) fn apply<A: Aggregate>(aggregate: &mut A, mutate: impl FnOnce(&mut A)) {
    let mut applying = ApplyGuard {
        aggregate,
        after: Activity::Broken,
    };
    applying.aggregate.__state_mut().activity = Activity::Applying;
    mutate(applying.aggregate);
    applying.after = Activity::Ready;
}

struct ApplyGuard<'a, A: Aggregate> {
    aggregate: &'a mut A,
    after: Activity,
}

impl<A: Aggregate> Drop for ApplyGuard<'_, A> {
    fn drop(&mut self) {
        self.aggregate.__state_mut().activity = self.after;
    }
}
