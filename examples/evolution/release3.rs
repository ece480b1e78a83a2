//! A changed meaning (a price now has a currency), and a split event (`CustomerMoved` was two
//! facts).

use es::{Mutate, aggregate, event};

#[aggregate(
    topic = "shop#Order",
    events(ItemAdded, CustomerMoved, AddressChanged, PhoneChanged, Cancelled)
)]
#[derive(Debug)]
pub struct Order {
    #[created]
    pub customer: String,
    #[attribute]
    #[serde(default)]
    is_gift: bool,
    pub prices: Vec<String>,
    pub address: String,
    pub phone: Option<String>,
    pub cancelled_for: Option<String>,
}

#[event(version = 2, upcast(from = 1, with = ItemAddedInCents::in_euros))]
pub struct ItemAdded {
    pub name: String,
    pub price: i64,
    pub currency: String,
    pub quantity: i64,
}

/// The shape that the first two releases stored.
#[event]
pub struct ItemAddedInCents {
    pub name: String,
    pub cents: i64,
    #[serde(default = "one")]
    pub quantity: i64,
}

impl ItemAddedInCents {
    fn in_euros(self) -> ItemAdded {
        ItemAdded {
            name: self.name,
            price: self.cents,
            currency: "EUR".to_owned(),
            quantity: self.quantity,
        }
    }
}

fn one() -> i64 {
    1
}

#[event(retired)]
pub struct CustomerMoved {
    pub address: String,
    pub phone: String,
}

#[event]
pub struct AddressChanged {
    pub address: String,
}

#[event]
pub struct PhoneChanged {
    pub phone: String,
}

#[event(was("Aborted"))]
pub struct Cancelled {
    #[serde(alias = "why")]
    pub reason: String,
}

impl Mutate<Order> for ItemAdded {
    fn mutate(&self, order: &mut Order) {
        let Self {
            price,
            currency,
            quantity,
            ..
        } = self;
        order
            .prices
            .push(format!("{} {currency}", price * quantity));
    }
}

/// Applies the two events that replace it.
impl Mutate<Order> for CustomerMoved {
    fn mutate(&self, order: &mut Order) {
        let (address, phone) = (self.address.clone(), self.phone.clone());
        AddressChanged { address }.mutate(order);
        PhoneChanged { phone }.mutate(order);
    }
}

impl Mutate<Order> for AddressChanged {
    fn mutate(&self, order: &mut Order) {
        order.address.clone_from(&self.address);
    }
}

impl Mutate<Order> for PhoneChanged {
    fn mutate(&self, order: &mut Order) {
        order.phone = Some(self.phone.clone());
    }
}

impl Mutate<Order> for Cancelled {
    fn mutate(&self, order: &mut Order) {
        order.cancelled_for = Some(self.reason.clone());
    }
}
