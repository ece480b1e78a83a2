#[es::event]
pub struct Happened;

#[es::event]
pub struct Ended;

#[es::subscribe_to(Happened, Ended)]
fn handle(_: &Happened) {}

fn main() {}
