#[es::entity(versioned = true, timestamped(yes))]
pub struct Lamp;

fn main() {}
