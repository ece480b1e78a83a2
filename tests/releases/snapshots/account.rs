//! An account with snapshots, and the same account in an older program.

use es::{Mutate, aggregate, event};

#[aggregate(snapshot, topic = "bank#Account", events(Paid))]
#[derive(Debug, Clone, PartialEq)]
pub struct Account {
    #[created]
    pub owner: String,
    #[attribute(name = "limit")]
    limit: i64,
    pub balance: i64,
    pub last: Option<Vec<i64>>,
}

#[event]
pub struct Paid {
    pub amount: i64,
}

impl Mutate<Account> for Paid {
    fn mutate(&self, account: &mut Account) {
        account.balance += self.amount;
        account.last.get_or_insert_default().push(self.amount);
        let last = account.last.as_mut().map_or(0, |last| last.len());
        if last > 3 {
            account.last.as_mut().map(|last| last.remove(0));
        }
    }
}

impl Account {
    pub fn pay(&mut self, amount: i64) {
        self.trigger(Paid { amount }).unwrap();
    }
}

use es::Aggregate;

/// The account of an older program, whose state lacks a field.
pub mod older {
    use es::{Mutate, aggregate};

    use super::Paid;

    #[aggregate(snapshot, topic = "bank#Account", events(Paid))]
    pub struct Account {
        #[created]
        pub owner: String,
        #[attribute(name = "limit")]
        limit: i64,
        pub balance: i64,
    }

    impl Mutate<Account> for Paid {
        fn mutate(&self, account: &mut Account) {
            account.balance += self.amount;
        }
    }
}
