#[es::event]
pub struct Happened;

#[es::subscribe_to(Happened)]
unsafe fn handle<T: Copy>(_: &T, _: &Happened) {}

fn main() {}
