#[es::event]
#[serde(tag = "what")]
pub struct Happened {
    pub what: String,
}

fn main() {}
