#[es::aggregate]
pub struct World {
    #[attribute]
    ruler_1: String,
    #[attribute]
    ruler1: String,
}

fn main() {}
