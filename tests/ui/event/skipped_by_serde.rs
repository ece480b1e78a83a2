#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct NoDefault;

#[es::event]
pub struct Happened {
    #[serde(skip)]
    pub what: NoDefault,
    #[serde(default, skip_serializing)]
    pub why: String,
    #[serde(skip_deserializing, rename = "where")]
    pub place: String,
}

fn main() {}
