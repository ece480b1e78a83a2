#[es::event(crate = framework)]
pub struct Happened;

fn main() {}
