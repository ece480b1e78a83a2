#[es::entity]
pub fn lamp() {}

fn main() {}
