#[derive(Clone, Debug, PartialEq, es::__private::serde::Serialize, es::__private::serde::Deserialize)]
#[serde(crate = "es::__private::serde")]
pub struct Crown {}

#[es::aggregate]
pub struct World {
    #[attribute(default)]
    crown: Crown,
}

fn main() {}
