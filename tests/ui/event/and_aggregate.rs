#[es::event]
#[es::aggregate]
pub struct World;

fn main() {}
