#[es::event]
pub struct Happened {
    pub what: String,
    #[serde(rename = "what")]
    pub why: String,
}

fn main() {}
