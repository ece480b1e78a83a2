#[es::aggregate(crate = "es")]
pub struct World {}

fn main() {}
