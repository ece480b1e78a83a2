use es::event;

#[event(version = 2, upcast(from = 1, with = one), upcast(from = 1, with = one))]
pub struct Happened;

fn one(old: Happened) -> Happened {
    old
}

fn main() {}
