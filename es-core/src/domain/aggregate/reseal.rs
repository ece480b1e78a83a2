//! Rehashing of the pending events of a new aggregate, with the salt of the application that saves
//! it.

use super::aggregate::Aggregate;
use super::domain_event::DomainEvent;
use crate::domain::event::PREVIOUS_KEY;
use crate::domain::integrity::{self, EventHash, Salt};
use crate::error::{Damage, IntegrityError, Result};

/// Rehashes the pending events of an aggregate with another salt.
///
/// # Errors
///
/// * [`Error::Integrity`](crate::error::Error::Integrity) if the aggregate has another salt and
///   some of its events are stored already;
/// * [`Error::Broken`](crate::error::Error::Broken) if a `mutate` panicked.
pub(crate) fn reseal<A: Aggregate>(aggregate: &mut A, salt: &Salt) -> Result<()> {
    let state = aggregate.__state_mut();
    state.check_whole()?;
    if state.salt == *salt || !A::KIND.hashes.is_recorded() {
        return Ok(());
    }
    let is_new = state
        .pending
        .first()
        .is_some_and(|event| event.header.previous_hash.is_none());
    if !is_new {
        let (sequence_id, position) = (state.id, state.version.into());
        return Err(IntegrityError {
            sequence_id,
            position,
            damage: Damage::Salt,
        }
        .into());
    }
    let mut previous = None;
    for event in &mut state.pending {
        rehash(event, previous, salt);
        previous = event.header.event_hash;
    }
    state.head = previous.unwrap_or(state.head);
    state.salt = salt.clone();
    Ok(())
}

fn rehash<A: Aggregate>(event: &mut DomainEvent<A>, previous: Option<EventHash>, salt: &Salt) {
    let mut text = event.text.to_string();
    let range = integrity::find_string(&text, PREVIOUS_KEY);
    if let (Some(previous), Some(range)) = (previous, range) {
        text.replace_range(range, previous.as_str());
    }
    event.header.previous_hash = previous;
    event.header.event_hash = integrity::seal_in_place(&mut text, salt);
    event.text = text.into();
}
