#[es::aggregate]
pub struct World {
    #[cfg_attr(all(), attribute)]
    ruler: String,
    #[cfg_attr(all(), created)]
    since: u64,
    #[attribute]
    #[cfg_attr(all(), serde(default))]
    god: String,
}

fn main() {}
