use es::event;

#[event(version = 2, upcast(1, one))]
pub struct Unnamed;

#[event(version = 2, upcast = one)]
pub struct Assigned;

#[event(version = 2, upcast(from = 1))]
pub struct WithoutFunction;

#[event(version = 2, upcast(with = one))]
pub struct WithoutVersion;

#[event(version = 2, upcast(from = 1, with = |old| old))]
pub struct Closure;

#[event(version = 2, upcast(from = 1, to = 2, with = one))]
pub struct WithTarget;

#[event(version = 2, upcast(version = 1, with = one))]
pub struct WithVersion;

fn main() {}
