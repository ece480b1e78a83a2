#[es::event]
pub struct Happened {
    #[attribute]
    pub what: String,
    #[created]
    pub why: String,
}

fn main() {}
