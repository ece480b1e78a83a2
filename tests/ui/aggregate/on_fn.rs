#[es::aggregate]
pub fn world() {}

fn main() {}
