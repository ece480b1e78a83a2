//! A user's own `String`. The path keeps the getter from returning `&str`.

#[derive(Clone, Debug, PartialEq, es::__private::serde::Serialize, es::__private::serde::Deserialize)]
#[serde(crate = "es::__private::serde")]
pub struct String {
    letters: Vec<char>,
}

#[es::aggregate]
pub struct World {
    #[attribute]
    ruler: self::String,
}

fn main() {
    let world = World::create(String { letters: vec!['a'] });
    assert!(world.is_ok_and(|world| world.ruler().letters == ['a']));
}
