//! The first release.

use es::{Mutate, aggregate, event};

#[aggregate(topic = "shop#Order", events(ItemAdded, CustomerMoved, Aborted))]
#[derive(Debug)]
pub struct Order {
    #[created]
    pub customer: String,
    pub cents: i64,
    pub address: String,
    pub is_aborted: bool,
}

#[event]
pub struct ItemAdded {
    pub name: String,
    pub cents: i64,
}

#[event]
pub struct CustomerMoved {
    pub address: String,
    pub phone: String,
}

#[event]
pub struct Aborted {
    pub why: String,
}

impl Mutate<Order> for ItemAdded {
    fn mutate(&self, order: &mut Order) {
        order.cents += self.cents;
    }
}

impl Mutate<Order> for CustomerMoved {
    fn mutate(&self, order: &mut Order) {
        order.address.clone_from(&self.address);
    }
}

impl Mutate<Order> for Aborted {
    fn mutate(&self, order: &mut Order) {
        order.is_aborted = true;
    }
}
