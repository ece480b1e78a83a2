#[es::aggregate]
pub struct World {
    #[attribute]
    ruler: String,
    #[created]
    #[serde(rename = "ruler")]
    god: String,
}

fn main() {}
