#[es::aggregate(events(Happened))]
pub struct World {}

fn main() {}
