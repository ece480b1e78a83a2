#[es::aggregate]
pub struct World {
    #[attribute]
    timestamp: u64,
    #[created]
    originator_id: u64,
    #[attribute]
    #[serde(rename = "__event_hash__")]
    ruler: String,
}

fn main() {}
