use es::aggregate;

#[aggregate(events(WorldCreated, WorldEvent, WorldAttribute))]
pub struct World {}

fn main() {}
