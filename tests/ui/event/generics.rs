#[es::event]
pub struct Happened<'a, T> {
    #[serde(default)]
    pub what: &'a T,
}

fn main() {}
