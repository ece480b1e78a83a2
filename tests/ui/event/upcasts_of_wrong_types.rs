use es::event;

#[event]
pub struct First {
    pub a: u8,
}

#[event]
pub struct Second {
    pub b: u8,
}

#[event(
    version = 3,
    upcast(from = 1, with = to_second),
    upcast(from = 2, with = from_first)
)]
pub struct Joint {
    pub c: u8,
}

fn to_second(old: First) -> Second {
    Second { b: old.a }
}

fn from_first(old: First) -> Joint {
    Joint { c: old.a }
}

#[event(version = 2, upcast(from = 1, with = to_second))]
pub struct End {
    pub c: u8,
}

fn main() {}
