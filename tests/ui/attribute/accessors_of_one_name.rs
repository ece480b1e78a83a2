#[es::aggregate]
pub struct World {
    #[attribute]
    ruler: String,
    #[attribute(getter = ruler)]
    god: String,
    #[attribute(setter = set_ruler)]
    king: String,
    #[attribute]
    set_king: u64,
}

fn main() {}
