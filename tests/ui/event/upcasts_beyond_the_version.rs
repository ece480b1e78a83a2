use es::event;

#[event(upcast(from = 1, with = one))]
pub struct WithoutVersion;

#[event(version = 2, upcast(from = 1, with = one), upcast(from = 2, with = one))]
pub struct Beyond;

fn one(old: Beyond) -> Beyond {
    old
}

fn main() {}
