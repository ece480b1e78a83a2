#[es::aggregate(base = "a b", was("fine#World", "not fine", "a#b#c"))]
pub struct World {}

fn main() {}
