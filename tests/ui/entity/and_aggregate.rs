#[es::entity]
#[es::aggregate]
pub struct Lamp;

fn main() {}
