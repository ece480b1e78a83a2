#[es::aggregate]
#[es::aggregate]
pub struct World {}

fn main() {}
