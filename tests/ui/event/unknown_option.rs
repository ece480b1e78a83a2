#[es::event(nme = "Happened")]
pub struct Happened;

fn main() {}
