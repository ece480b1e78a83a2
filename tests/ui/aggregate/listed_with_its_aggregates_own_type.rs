use es::aggregate;

#[aggregate(events(World))]
pub struct World {}

fn main() {}
