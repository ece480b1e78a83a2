#[es::event]
pub struct Happened;

#[es::event]
pub struct Ended;

#[es::subscribe_to(Happened)]
#[es::subscribe_to(Ended)]
fn handle(_: &Happened) {}

fn main() {}
