#[es::entity(integrity = on)]
pub struct Lamp;

fn main() {}
