#[es::aggregate(was("Earth", Terra, 3))]
pub struct World {}

fn main() {}
