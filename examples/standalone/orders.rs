//! A model of orders without a framework: plain types, and a function from state and event to
//! state.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Placed {
    pub order: Uuid,
    pub customer: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemAdded {
    pub order: Uuid,
    pub number: u32,
    pub item: String,
    pub cents: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cancelled {
    pub order: Uuid,
    pub number: u32,
}

/// The events of an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum OrderEvent {
    Placed(Placed),
    ItemAdded(ItemAdded),
    Cancelled(Cancelled),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    pub id: Uuid,
    pub customer: String,
    pub items: Vec<String>,
    pub cents: u64,
    next_number: u32,
}

impl Order {
    /// Returns the event that places a new order.
    pub fn place(order: Uuid, customer: &str) -> OrderEvent {
        let customer = customer.to_owned();
        OrderEvent::Placed(Placed { order, customer })
    }

    pub fn add(&self, item: &str, cents: u64) -> OrderEvent {
        OrderEvent::ItemAdded(ItemAdded {
            order: self.id,
            number: self.next_number,
            item: item.to_owned(),
            cents,
        })
    }

    pub fn cancel(&self) -> OrderEvent {
        OrderEvent::Cancelled(Cancelled {
            order: self.id,
            number: self.next_number,
        })
    }
}

/// The mutator. There is no order before it is placed, and none after it is cancelled.
pub fn mutate(order: Option<Order>, event: OrderEvent) -> Option<Order> {
    match (order, event) {
        (None, OrderEvent::Placed(placed)) => Some(Order {
            id: placed.order,
            customer: placed.customer,
            items: Vec::new(),
            cents: 0,
            next_number: 1,
        }),
        (Some(mut order), OrderEvent::ItemAdded(added)) => {
            order.items.push(added.item);
            order.cents += added.cents;
            order.next_number = added.number + 1;
            Some(order)
        }
        (order, OrderEvent::Placed(_)) => order,
        (_, OrderEvent::Cancelled(_)) | (None, OrderEvent::ItemAdded(_)) => None,
    }
}
