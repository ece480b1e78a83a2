#[es::entity(numbered)]
pub struct Lamp;

fn main() {}
