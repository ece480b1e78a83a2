//! An added field (`quantity`), a renamed field (`reason`), a renamed event (`Cancelled`), and an
//! added attribute.

use es::{Mutate, aggregate, event};

#[aggregate(topic = "shop#Order", events(ItemAdded, CustomerMoved, Cancelled))]
#[derive(Debug)]
pub struct Order {
    #[created]
    pub customer: String,
    #[attribute]
    #[serde(default)]
    is_gift: bool,
    pub cents: i64,
    pub address: String,
    pub cancelled_for: Option<String>,
}

#[event]
pub struct ItemAdded {
    pub name: String,
    pub cents: i64,
    #[serde(default = "one")]
    pub quantity: i64,
}

fn one() -> i64 {
    1
}

#[event]
pub struct CustomerMoved {
    pub address: String,
    pub phone: String,
}

#[event(was("Aborted"))]
pub struct Cancelled {
    #[serde(alias = "why")]
    pub reason: String,
}

impl Mutate<Order> for ItemAdded {
    fn mutate(&self, order: &mut Order) {
        order.cents += self.cents * self.quantity;
    }
}

impl Mutate<Order> for CustomerMoved {
    fn mutate(&self, order: &mut Order) {
        order.address.clone_from(&self.address);
    }
}

impl Mutate<Order> for Cancelled {
    fn mutate(&self, order: &mut Order) {
        order.cancelled_for = Some(self.reason.clone());
    }
}
