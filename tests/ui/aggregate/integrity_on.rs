#[es::aggregate(integrity = on)]
pub struct World;

fn main() {}
