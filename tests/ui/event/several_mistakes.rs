#[es::event(nam = "x", name = "a b")]
pub struct Happened {
    pub timestamp: u8,
    #[attribute]
    pub what: String,
    #[serde(rename = "what")]
    pub why: String,
}

fn main() {}
