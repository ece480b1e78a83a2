#[es::event]
pub struct Happened();

fn main() {}
