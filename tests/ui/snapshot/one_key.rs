#[es::aggregate(snapshot)]
pub struct World {
    #[attribute(name = "_history")]
    chronicle: String,
    pub history: Vec<String>,
    #[created]
    #[serde(rename = "origin")]
    start: String,
    #[serde(rename = "_origin")]
    pub source: Vec<String>,
}

fn main() {}
