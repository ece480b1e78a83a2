#[es::event(name = Happened, was = "Occurred", crate = "es")]
pub struct Happened;

fn main() {}
