#[es::aggregate]
#[es::event]
pub struct World {}

fn main() {}
