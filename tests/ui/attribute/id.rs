#[es::aggregate]
pub struct World {
    #[attribute]
    id: u64,
}

fn main() {}
