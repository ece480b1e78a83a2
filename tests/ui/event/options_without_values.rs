#[es::event(name, was(), crate)]
pub struct Happened;

fn main() {}
