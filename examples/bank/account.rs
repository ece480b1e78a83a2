//! Accounts. They are never overdrawn.

use es::{Aggregate, BoxError, Mutate, aggregate, event};

/// A bank account.
#[aggregate(topic = "bank#Account", events(Deposited, Withdrawn))]
pub struct Account {
    /// The owner.
    #[created]
    pub owner: String,
    pub cents: i64,
}

/// Money was paid in.
#[event]
pub struct Deposited {
    pub cents: i64,
}

/// Money was paid out.
#[event]
pub struct Withdrawn {
    pub cents: i64,
}

impl Mutate<Account> for Deposited {
    fn mutate(&self, account: &mut Account) {
        account.cents += self.cents;
    }
}

impl Mutate<Account> for Withdrawn {
    fn mutate(&self, account: &mut Account) {
        account.cents -= self.cents;
    }
}

impl Account {
    pub fn deposit(&mut self, cents: i64) -> Result<(), BoxError> {
        if cents <= 0 || self.cents.checked_add(cents).is_none() {
            return Err("that is no amount to deposit".into());
        }
        Ok(self.trigger(Deposited { cents })?)
    }

    pub fn withdraw(&mut self, cents: i64) -> Result<(), BoxError> {
        if cents <= 0 || cents > self.cents {
            return Err("so much cannot be withdrawn".into());
        }
        Ok(self.trigger(Withdrawn { cents })?)
    }
}
