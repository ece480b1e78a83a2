#[es::event]
pub trait Happened {}

fn main() {}
