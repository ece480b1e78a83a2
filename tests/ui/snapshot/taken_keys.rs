#[es::aggregate(snapshot)]
pub struct World {
    #[attribute(name = "__head__")]
    head_of_state: String,
    #[serde(rename = "__class__")]
    pub class: Vec<String>,
    pub id: u64,
}

fn main() {}
