#[derive(Clone, Debug, PartialEq)]
pub struct Crown;

#[es::aggregate]
pub struct World {
    #[attribute]
    crown: Crown,
}

fn main() {}
