#[es::aggregate("World", 5, , (events))]
pub struct World {}

fn main() {}
