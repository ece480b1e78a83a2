//! Transfers: asked for, and then paid or refused.

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
    /// How it ended, if it did.
    pub outcome: Option<String>,
}

/// Both accounts have it.
#[event]
pub struct Paid;

/// It could not be paid, and neither account has changed.
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
