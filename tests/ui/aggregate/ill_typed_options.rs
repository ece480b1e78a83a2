#[es::aggregate(events = "A", topic(World), base = World, was = "Earth", crate("es"))]
pub struct World {}

fn main() {}
