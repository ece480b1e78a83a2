//! Transfers: requested, then paid or refused.

use es::{Aggregate, Mutate, aggregate, event};
use uuid::Uuid;

/// A transfer between two accounts.
#[aggregate(topic = "bank#Transfer", events(Paid, Refused))]
pub struct Transfer {
    #[created]
    pub from: Uuid,
    #[created]
    pub to: Uuid,
    #[created]
    pub cents: i64,
    /// The outcome, once there is one.
    pub outcome: Option<String>,
}

/// Both accounts were changed.
#[event]
pub struct Paid;

/// The transfer could not be paid; neither account was changed.
#[event]
pub struct Refused {
    pub reason: String,
}

impl Mutate<Transfer> for Paid {
    fn mutate(&self, transfer: &mut Transfer) {
        transfer.outcome = Some("paid".to_owned());
    }
}

impl Mutate<Transfer> for Refused {
    fn mutate(&self, transfer: &mut Transfer) {
        transfer.outcome = Some(format!("refused: {}", self.reason));
    }
}

impl Transfer {
    pub fn pay(&mut self) -> es::Result<()> {
        self.trigger(Paid)
    }

    pub fn refuse(&mut self, reason: impl Into<String>) -> es::Result<()> {
        let reason = reason.into();
        self.trigger(Refused { reason })
    }
}
