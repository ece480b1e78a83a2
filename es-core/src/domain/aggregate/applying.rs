//! Applying an event: nothing else happens meanwhile, and nothing any more where it panics.

use super::aggregate::Aggregate;

/// Whether an event can happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Activity {
    Ready,
    /// An event is being applied: another one now would stand before it in the sequence.
    Applying,
    /// A `mutate` panicked in the middle: the state is that of no event.
    Broken,
}

/// Has `mutate` apply an event, to which the root has advanced already.
pub(crate) fn apply<A: Aggregate>(aggregate: &mut A, mutate: impl FnOnce(&mut A)) {
    let mut applying = ApplyGuard {
        aggregate,
        after: Activity::Broken,
    };
    applying.aggregate.__root_mut().activity = Activity::Applying;
    mutate(applying.aggregate);
    applying.after = Activity::Ready;
}

struct ApplyGuard<'a, A: Aggregate> {
    aggregate: &'a mut A,
    after: Activity,
}

impl<A: Aggregate> Drop for ApplyGuard<'_, A> {
    fn drop(&mut self) {
        self.aggregate.__root_mut().activity = self.after;
    }
}
