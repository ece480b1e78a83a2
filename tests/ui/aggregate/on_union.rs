#[es::aggregate]
pub union World {
    pub age: u64,
    pub size: u64,
}

fn main() {}
