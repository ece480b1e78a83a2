#[es::event]
pub struct Happened
where
    String: Clone,
{
    pub what: String,
}

fn main() {}
