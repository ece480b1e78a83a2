#[es::aggregate]
#[derive(PartialEq, Eq, PartialOrd, Ord)]
pub struct World {
    pub age: u64,
}

fn main() {}
