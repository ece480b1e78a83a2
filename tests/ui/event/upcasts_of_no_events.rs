use es::event;

pub struct Plain {
    pub a: u8,
}

#[event(version = 2, upcast(from = 1, with = from_plain))]
pub struct Happened {
    pub b: u8,
}

fn from_plain(old: Plain) -> Happened {
    Happened { b: old.a }
}

#[event(version = 2, upcast(from = 1, with = to_number))]
pub struct Counted {
    pub b: u8,
}

fn to_number(old: Happened) -> u8 {
    old.b
}

#[event(version = 2, upcast(from = 1, with = of_two))]
pub struct Doubled {
    pub b: u8,
}

fn of_two(old: Happened, b: u8) -> Doubled {
    Doubled { b: old.b + b }
}

#[event(version = 2, upcast(from = 1, with = nowhere))]
pub struct Lost;

fn main() {}
