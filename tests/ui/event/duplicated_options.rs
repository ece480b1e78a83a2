#[es::event(name = "A", name = "B", was("C"), was("D"), crate = es, crate = es)]
pub struct Happened;

fn main() {}
