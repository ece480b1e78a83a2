#[es::event]
pub struct Happened<'a, T> {
    pub what: &'a T,
}

fn main() {}
