#[es::aggregate]
pub struct World {
    #[attribute(name = "ruler")]
    ruler: String,
    #[attribute(name = "ruler")]
    god: String,
    #[attribute(name = "_queen")]
    king: String,
    #[attribute]
    queen: String,
}

fn main() {}
