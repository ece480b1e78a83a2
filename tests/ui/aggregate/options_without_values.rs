#[es::aggregate(events, topic, base =, was(), crate)]
pub struct World {}

fn main() {}
