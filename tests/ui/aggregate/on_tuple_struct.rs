#[es::aggregate]
pub struct World(String, u64);

fn main() {}
