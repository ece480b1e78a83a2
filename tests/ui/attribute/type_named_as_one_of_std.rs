#[derive(Clone, Debug, PartialEq, es::__private::serde::Serialize, es::__private::serde::Deserialize)]
#[serde(crate = "es::__private::serde")]
pub struct String {
    text: std::string::String,
}

#[derive(Clone, Debug, PartialEq, es::__private::serde::Serialize, es::__private::serde::Deserialize)]
#[serde(crate = "es::__private::serde")]
pub struct Option<T> {
    value: T,
}

#[es::aggregate]
pub struct World {
    #[attribute]
    ruler: String,
    #[attribute]
    since: Option<std::vec::Vec<u8>>,
}

fn main() {}
