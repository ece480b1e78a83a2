#[derive(Clone)]
#[es::event]
pub struct Happened {
    pub what: String,
}

fn main() {}
