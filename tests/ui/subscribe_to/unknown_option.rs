#[es::event]
pub struct Happened;

#[es::subscribe_to(Happened, krate = es)]
fn handle(_: &Happened) {}

fn main() {}
