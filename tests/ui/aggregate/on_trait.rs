#[es::aggregate]
pub trait World {}

fn main() {}
