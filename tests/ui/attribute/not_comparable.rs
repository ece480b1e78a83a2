#[derive(Clone, Debug, es::__private::serde::Serialize, es::__private::serde::Deserialize)]
#[serde(crate = "es::__private::serde")]
pub struct Crown {}

#[es::aggregate]
pub struct World {
    #[attribute]
    crown: Crown,
}

fn main() {}
