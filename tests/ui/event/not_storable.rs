#[derive(Clone, Debug, PartialEq)]
pub struct What;

#[es::event]
pub struct Happened {
    pub what: What,
}

fn main() {}
