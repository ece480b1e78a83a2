#[es::aggregate(snapshot = 10)]
pub struct World {}

#[es::event(snapshot)]
pub struct Happened;

fn main() {}
