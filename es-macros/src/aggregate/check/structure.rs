use syn::{Attribute, Fields, ItemStruct};

use crate::aggregate::Entry;
use crate::errors::Errors;
use crate::item;

/// Derives that an aggregate or entity cannot have, and why it.
const REFUSED: [(&str, &str); 6] = [
    (
        "Default",
        "is made by `create`, for its first event is `Created`: remove `Default`",
    ),
    (
        "Copy",
        "has a history of its own, and a copy would not share it: remove `Copy`",
    ),
    (
        "Serialize",
        "is stored as its events, never as itself: remove this derive",
    ),
    (
        "Deserialize",
        "is stored as its events, never as itself: remove this derive",
    ),
    (
        "PartialOrd",
        "is one by its history, which has no order: compare its attributes, and remove this derive",
    ),
    (
        "Ord",
        "is one by its history, which has no order: compare its attributes, and remove this derive",
    ),
];

/// What the struct itself must be, before anything is decided of it.
pub(in crate::aggregate) fn check_struct(entry: Entry, item: &mut ItemStruct, errors: &mut Errors) {
    check_shape(entry, item, errors);
    check_generics(entry, item, errors);
    check_derives(entry, item, errors);
    item.attrs
        .retain(|attribute| check_serde_above(entry, attribute, errors));
}

fn check_shape(entry: Entry, item: &ItemStruct, errors: &mut Errors) {
    if let Fields::Unnamed(unnamed) = &item.fields {
        errors.at(
            unnamed,
            format!(
                "an {}'s fields have names, for their events and methods are called after them: write `{{ name: Type }}`",
                entry.word()
            ),
        );
    }
}

fn check_generics(entry: Entry, item: &ItemStruct, errors: &mut Errors) {
    let (word, generics) = (entry.word(), &item.generics);
    if !generics.params.is_empty() {
        errors.at(
            generics,
            format!(
                "an {word} has no lifetimes and no type parameters, for its topic is that of one type: write owned, \
                 concrete types, or one {word} for each type"
            ),
        );
    } else if let Some(clause) = &generics.where_clause {
        errors.at(
            clause,
            format!("an {word} has no parameters that a `where` clause could bound: remove it"),
        );
    }
}

fn check_derives(entry: Entry, item: &mut ItemStruct, errors: &mut Errors) {
    let names = REFUSED.map(|(name, _)| name);
    for path in item::take_derives(&mut item.attrs, &names) {
        let refused = REFUSED.iter().find(|(name, _)| item::is_named(&path, name));
        let why = refused.map_or("", |(_, message)| message);
        errors.at(&path, format!("an {} {why}", entry.word()));
    }
}

fn check_serde_above(entry: Entry, attribute: &Attribute, errors: &mut Errors) -> bool {
    let is_serde = attribute.path().is_ident("serde");
    if is_serde {
        errors.at(
            attribute,
            format!(
                "an {} is stored as its events, never as itself: remove this; on a marked field it is of use",
                entry.word()
            ),
        );
    }
    !is_serde
}
