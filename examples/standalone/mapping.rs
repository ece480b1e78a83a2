//! The mapping of the model's events to sequenced items: the only code that uses both the model and
//! the library.

use es::event_store::CustomEvent;
use es::store::Table;
use es::{Position, Topic, json};
use serde::de::Error as _;
use uuid::Uuid;

use crate::orders::OrderEvent;

const PLACED: &str = "orders#Placed";
const ITEM_ADDED: &str = "orders#ItemAdded";
const CANCELLED: &str = "orders#Cancelled";

/// The topic identifies the event. The text holds only its fields, as the Python library stores
/// plain classes.
impl CustomEvent for OrderEvent {
    fn sequence_id(&self) -> Uuid {
        match self {
            Self::Placed(event) => event.order,
            Self::ItemAdded(event) => event.order,
            Self::Cancelled(event) => event.order,
        }
    }

    fn position(&self) -> Position {
        let number = match self {
            Self::Placed(_) => 0,
            Self::ItemAdded(event) => event.number,
            Self::Cancelled(event) => event.number,
        };
        i64::from(number).into()
    }

    fn topic(&self) -> Topic {
        Topic::new(match self {
            Self::Placed(_) => PLACED,
            Self::ItemAdded(_) => ITEM_ADDED,
            Self::Cancelled(_) => CANCELLED,
        })
    }

    fn to_text(&self) -> Result<String, json::Error> {
        match self {
            Self::Placed(event) => json::to_string(event),
            Self::ItemAdded(event) => json::to_string(event),
            Self::Cancelled(event) => json::to_string(event),
        }
    }

    fn from_text(topic: &Topic, text: &str) -> Result<Self, json::Error> {
        match topic.as_str() {
            PLACED => json::from_str(text).map(Self::Placed),
            ITEM_ADDED => json::from_str(text).map(Self::ItemAdded),
            CANCELLED => json::from_str(text).map(Self::Cancelled),
            other => Err(json::Error::custom(format!(
                "`{other}` is no event of an order"
            ))),
        }
    }
}

/// A table with custom column names.
pub fn orders() -> Table {
    Table::integer_sequenced()
        .named("orders")
        .with_record_id("entry")
        .with_sequence_id("order_id")
        .with_position("line")
        .with_topic("what")
        .with_data("body")
}
