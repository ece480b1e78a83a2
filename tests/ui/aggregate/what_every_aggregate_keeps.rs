#[es::aggregate(versioned, timestamped)]
pub struct World;

fn main() {}
