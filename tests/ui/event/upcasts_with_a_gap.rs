use es::event;

#[event(version = 2)]
pub struct WithoutAny;

#[event(version = 4, upcast(from = 1, with = one), upcast(from = 3, with = one))]
pub struct WithAGap;

#[event(version = 9)]
pub struct WithoutMany;

fn one(_: WithoutAny) -> WithAGap {
    WithAGap
}

fn main() {}
