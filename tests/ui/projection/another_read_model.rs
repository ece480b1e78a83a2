use es::projections::MemoryTransaction;
use es::{Mutate, aggregate, event, projection};

#[event]
struct Deposited {
    cents: i64,
}

#[event]
struct Withdrawn {
    cents: i64,
}

#[aggregate(events(Deposited, Withdrawn))]
struct Account {
    balance: i64,
}

impl Mutate<Account> for Deposited {
    fn mutate(&self, account: &mut Account) {
        account.balance += self.cents;
    }
}

impl Mutate<Account> for Withdrawn {
    fn mutate(&self, account: &mut Account) {
        account.balance -= self.cents;
    }
}

type Sum = MemoryTransaction<i64>;

struct Balances;

#[projection(aggregates(Account), ignore_others)]
impl Balances {
    #[subscribe_to(Deposited)]
    fn deposited(&self, _: &Deposited, _: &mut Sum) {}
}

fn takes<P: es::projections::Projection<MemoryTransaction<u8>>>(_: P) {}

fn main() {
    takes(Balances);
}
