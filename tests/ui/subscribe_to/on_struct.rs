#[es::event]
pub struct Happened;

#[es::subscribe_to(Happened)]
pub struct Handler;

fn main() {}
