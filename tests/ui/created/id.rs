#[es::aggregate]
pub struct World {
    #[created]
    id: u64,
}

fn main() {}
