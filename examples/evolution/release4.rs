//! A renamed and moved aggregate (`sales#Purchase`), a removed field (`name`), a changed type
//! (`price`), and an upcast that works on the stored object.

use es::json::{Decimal, ParseDecimalError, Value};
use es::{Mutate, aggregate, event};

#[aggregate(
    topic = "sales#Purchase",
    was("shop#Order"),
    events(ItemAdded, CustomerMoved, AddressChanged, PhoneChanged, Cancelled)
)]
#[derive(Debug)]
pub struct Purchase {
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

#[event(
    version = 3,
    upcast(from = 1, with = with_currency),
    upcast(from = 2, with = with_decimals)
)]
pub struct ItemAdded {
    pub price: Decimal,
    pub currency: String,
}

/// Upcasts version 1, which had `cents` instead of `price` and no currency. `quantity` was added
/// later.
fn with_currency(stored: Value) -> Value {
    let Value::Object(mut entries) = stored else {
        return stored;
    };
    let cents = entries.remove("cents").unwrap_or_default();
    entries.insert("price".to_owned(), cents);
    entries.insert("currency".to_owned(), "EUR".into());
    let quantity = entries.entry("quantity".to_owned());
    quantity.or_insert_with(|| 1.into());
    Value::Object(entries)
}

/// The stored shape of version 2.
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
