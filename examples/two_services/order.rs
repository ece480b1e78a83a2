//! The domain of the first service. The second knows one of its events, and nothing else.

use es::aggregate;

/// An order.
#[aggregate(topic = "shop#Order")]
pub struct Order {
    /// What is bought.
    #[created]
    pub article: String,
}
