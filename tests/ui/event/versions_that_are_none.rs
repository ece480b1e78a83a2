use es::event;

#[event(version = 0)]
pub struct Zero;

#[event(version = 2u32, upcast(from = 1, with = one))]
pub struct Suffixed;

#[event(version = 5_000_000_000)]
pub struct Huge;

#[event(version = "2")]
pub struct Text;

#[event(version = 2, upcast(from = 0, with = one))]
pub struct FromZero;

fn one(_: Zero) -> Suffixed {
    Suffixed
}

fn main() {}
