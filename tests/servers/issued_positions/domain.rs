use es::aggregate;

/// It counts.
#[aggregate]
pub struct Counter {
    #[attribute]
    count: u64,
}
