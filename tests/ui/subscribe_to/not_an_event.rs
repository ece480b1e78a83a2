pub struct Happened;

#[es::subscribe_to(Happened)]
fn handle(_: &Happened) {}

fn main() {}
