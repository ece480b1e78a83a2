#[es::aggregate]
pub struct Wörld {}

fn main() {}
