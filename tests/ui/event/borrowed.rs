#[es::event]
pub struct Happened {
    pub what: &'static str,
}

fn main() {}
