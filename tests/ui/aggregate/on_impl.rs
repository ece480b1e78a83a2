pub struct World;

#[es::aggregate]
impl World {}

fn main() {}
