#[es::aggregate(snapshot)]
pub struct World {
    #[serde(skip)]
    pub history: Vec<String>,
    #[serde(flatten)]
    pub more: std::collections::BTreeMap<String, String>,
}

fn main() {}
