pub struct Since(pub u64);

#[es::aggregate]
pub struct World {
    pub since: Since,
}

fn main() {}
