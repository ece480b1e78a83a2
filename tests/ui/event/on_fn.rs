#[es::event]
pub fn happened() {}

fn main() {}
