//! The return types of getters.

use super::*;

type Alias = String;

/// A type that has the name of a type of the standard library, and dereferences to the same type.
mod small {
    #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
    pub(super) struct Vec<T>(pub(super) [T; 1]);

    impl<T> std::ops::Deref for Vec<T> {
        type Target = [T];

        fn deref(&self) -> &[T] {
            &self.0
        }
    }
}

mod shadowed {
    use super::small::Vec;
    use super::*;

    /// A type that has the name of a `Copy` type and is not `Copy`.
    #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
    pub struct Duration(String);

    #[aggregate(topic = "macros#Shadowed")]
    #[allow(private_interfaces)]
    pub struct Shadowed {
        #[attribute]
        list: Vec<u8>,
        #[attribute]
        wait: Duration,
    }

    #[test]
    fn a_type_with_a_known_name_compiles() {
        let wait = Duration("long".to_owned());
        let shadowed = Shadowed::create(Vec([1]), wait.clone()).unwrap();
        let list: &[u8] = shadowed.list();
        assert_eq!((list, shadowed.wait()), (&[1][..], wait));
    }
}

#[aggregate]
pub struct Getters {
    #[attribute]
    text: String,
    #[attribute]
    full_path: std::string::String,
    #[attribute]
    alias: Alias,
    #[attribute]
    list: Vec<String>,
    #[attribute]
    number: u64,
    #[attribute]
    owner: es::Uuid,
    #[attribute]
    wait: std::time::Duration,
    #[attribute]
    maybe_number: Option<i32>,
    #[attribute]
    maybe_text: Option<String>,
    #[attribute]
    maybe_list: Option<Vec<u8>>,
    #[attribute]
    maybe_map: std::option::Option<HashMap<String, u8>>,
    #[attribute]
    pair: (u8, u8),
    #[attribute]
    map: HashMap<String, u8>,
}

#[test]
fn getters_borrow_or_return_copy_values() {
    let (owner, wait) = (es::Uuid::nil(), std::time::Duration::from_secs(1));
    let getters = Getters::create(
        "text",
        "path",
        "alias".to_owned(),
        vec!["a".to_owned()],
        1,
        owner,
        wait,
        Some(-1),
        Some("maybe".to_owned()),
        Some(vec![1]),
        Some(HashMap::new()),
        (1, 2),
        HashMap::new(),
    )
    .unwrap();
    let texts: (&str, &str, &String) = (getters.text(), getters.full_path(), getters.alias());
    assert_eq!(texts, ("text", "path", &"alias".to_owned()));
    let list: &[String] = getters.list();
    assert_eq!(list, ["a"]);
    let copies: (u64, es::Uuid, std::time::Duration) =
        (getters.number(), getters.owner(), getters.wait());
    assert_eq!(copies, (1, owner, wait));
    let options: (Option<i32>, Option<&str>, Option<&[u8]>) = (
        getters.maybe_number(),
        getters.maybe_text(),
        getters.maybe_list(),
    );
    assert_eq!(options, (Some(-1), Some("maybe"), Some(&[1][..])));
    let map: Option<&HashMap<String, u8>> = getters.maybe_map();
    assert_eq!(map, Some(&HashMap::new()));
    let others: (&(u8, u8), &HashMap<String, u8>) = (getters.pair(), getters.map());
    assert_eq!(others, (&(1, 2), &HashMap::new()));
}

macro_rules! of_types {
    ($name:ident: $text:ty, $list:ty, $number:ty) => {
        #[aggregate]
        pub struct $name {
            #[attribute]
            text: $text,
            #[attribute]
            list: $list,
            #[attribute]
            number: $number,
        }
    };
}

of_types!(OfTypes: String, Option<Vec<u8>>, u8);

#[test]
fn getters_recognize_types_that_macro_rules_pass_on() {
    let of_types = OfTypes::create("text", None, 1).unwrap();
    let found: (&str, Option<&[u8]>, u8) = (of_types.text(), of_types.list(), of_types.number());
    assert_eq!(found, ("text", None, 1));
}
