use es::event;

#[event(retired = true)]
pub struct Happened;

fn main() {}
