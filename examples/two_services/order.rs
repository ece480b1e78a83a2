//! The domain of the first service. The second uses only one of its events.

use es::aggregate;

/// An order.
#[aggregate(topic = "shop#Order")]
pub struct Order {
    /// The ordered article.
    #[created]
    pub article: String,
}
