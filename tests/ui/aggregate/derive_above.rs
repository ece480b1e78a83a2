#[derive(Clone)]
#[es::aggregate]
pub struct World {
    pub age: u64,
}

fn main() {}
