#[es::aggregate]
pub struct World {
    #[attribute = "ruler"]
    ruler: String,
}

fn main() {}
