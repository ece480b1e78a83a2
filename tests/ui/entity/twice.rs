#[es::entity(versioned)]
#[es::entity]
pub struct Lamp;

fn main() {}
