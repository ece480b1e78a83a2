//! A renamed and moved aggregate (`sales#Purchase`), a removed field (`name`), a type that is another (`price`), and an
//! upcast that looks at the stored object itself.

use es::json::{ParseDecimalError, Value};
use es::{Decimal, Mutate, aggregate, event};

#[aggregate(
    topic = "sales#Purchase",
    was("shop#Order"),
    events(ItemAdded, CustomerMoved, AddressChanged, PhoneChanged, Cancelled)
)]
#[derive(Debug)]
pub struct Purchase {
    #[created]
    customer: String,
    #[attribute]
    #[serde(default)]
    is_gift: bool,
    pub prices: Vec<String>,
    pub address: String,
    pub phone: Option<String>,
    pub cancelled_for: Option<String>,
}

#[event(
    version = 3,
    upcast(from = 1, with = with_currency),
    upcast(from = 2, with = with_decimals)
)]
pub struct ItemAdded {
    pub price: Decimal,
    pub currency: String,
}

/// Version 1 had `cents`, and later an optional `quantity`.
fn with_currency(stored: Value) -> ItemAddedInCents {
    let integer = |key, otherwise| match stored.get(key) {
        Some(Value::Number(number)) => number.as_i64().unwrap_or(otherwise),
        _ => otherwise,
    };
    let name = stored.get("name").and_then(Value::as_str);
    ItemAddedInCents {
        name: name.unwrap_or_default().to_owned(),
        price: integer("cents", 0),
        quantity: integer("quantity", 1),
        currency: "EUR".to_owned(),
    }
}

/// Version 2, as it was stored.
#[event]
pub struct ItemAddedInCents {
    pub name: String,
    pub price: i64,
    pub currency: String,
    pub quantity: i64,
}

fn with_decimals(old: ItemAddedInCents) -> Result<ItemAdded, ParseDecimalError> {
    Ok(ItemAdded {
        price: cents(old.price * old.quantity)?,
        currency: old.currency,
    })
}

pub fn cents(cents: i64) -> Result<Decimal, ParseDecimalError> {
    format!("{}.{:02}", cents / 100, cents % 100).parse()
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

impl Mutate<Purchase> for ItemAdded {
    fn mutate(&self, purchase: &mut Purchase) {
        let price = format!("{} {}", self.price, self.currency);
        purchase.prices.push(price);
    }
}

impl Mutate<Purchase> for CustomerMoved {
    fn mutate(&self, purchase: &mut Purchase) {
        purchase.address.clone_from(&self.address);
        purchase.phone = Some(self.phone.clone());
    }
}

impl Mutate<Purchase> for AddressChanged {
    fn mutate(&self, purchase: &mut Purchase) {
        purchase.address.clone_from(&self.address);
    }
}

impl Mutate<Purchase> for PhoneChanged {
    fn mutate(&self, purchase: &mut Purchase) {
        purchase.phone = Some(self.phone.clone());
    }
}

impl Mutate<Purchase> for Cancelled {
    fn mutate(&self, purchase: &mut Purchase) {
        purchase.cancelled_for = Some(self.reason.clone());
    }
}
