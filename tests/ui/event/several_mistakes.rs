#[es::event(nam = "x", name = "a b")]
#[serde(transparent)]
pub struct Happened {
    pub timestamp: u8,
    #[attribute]
    pub what: String,
    #[serde(skip_serializing)]
    pub why: String,
}

fn main() {}
