#[es::aggregate]
pub struct World {
    #[attribute]
    #[serde(skip)]
    ruler: String,
    #[created]
    #[serde(skip_serializing)]
    since: u64,
}

fn main() {}
