#[es::event]
pub struct Happened {
    #[serde(skip_serializing)]
    pub what: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub why: String,
    #[serde(rename(serialize = "a", deserialize = "b"))]
    pub who: String,
    #[serde(rename(serialize = "where"))]
    pub place: String,
}

fn main() {}
