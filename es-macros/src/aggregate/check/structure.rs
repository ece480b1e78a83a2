use syn::{Attribute, Fields, ItemStruct};

use crate::errors::Errors;
use crate::item;

/// Derives that an aggregate cannot have, and why.
const REFUSED: [(&str, &str); 6] = [
    (
        "Default",
        "an aggregate is made by `create`, for its first event is `Created`: remove `Default`",
    ),
    (
        "Copy",
        "an aggregate has a history of its own, and a copy would not share it: remove `Copy`",
    ),
    (
        "Serialize",
        "an aggregate is stored as its events, never as itself: remove this derive",
    ),
    (
        "Deserialize",
        "an aggregate is stored as its events, never as itself: remove this derive",
    ),
    (
        "PartialOrd",
        "an aggregate is one by its history, which has no order: compare its attributes, and remove this derive",
    ),
    (
        "Ord",
        "an aggregate is one by its history, which has no order: compare its attributes, and remove this derive",
    ),
];

/// What the struct itself must be, before anything is decided of it.
pub(in crate::aggregate) fn check_struct(item: &mut ItemStruct, errors: &mut Errors) {
    check_shape(item, errors);
    check_generics(item, errors);
    check_derives(item, errors);
    item.attrs
        .retain(|attribute| check_serde_above(attribute, errors));
}

fn check_shape(item: &ItemStruct, errors: &mut Errors) {
    if let Fields::Unnamed(unnamed) = &item.fields {
        errors.at(
            unnamed,
            "an aggregate's fields have names, for their events and methods are called after them: write `{ name: Type }`",
        );
    }
}

fn check_generics(item: &ItemStruct, errors: &mut Errors) {
    let generics = &item.generics;
    if !generics.params.is_empty() {
        errors.at(
            generics,
            "an aggregate has no lifetimes and no type parameters, for its topic is that of one type: write owned, \
             concrete types, or one aggregate for each type",
        );
    } else if let Some(clause) = &generics.where_clause {
        errors.at(
            clause,
            "an aggregate has no parameters that a `where` clause could bound: remove it",
        );
    }
}

fn check_derives(item: &mut ItemStruct, errors: &mut Errors) {
    let names = REFUSED.map(|(name, _)| name);
    for path in item::take_derives(&mut item.attrs, &names) {
        let refused = REFUSED.iter().find(|(name, _)| item::is_named(&path, name));
        errors.at(&path, refused.map_or("", |(_, message)| message));
    }
}

fn check_serde_above(attribute: &Attribute, errors: &mut Errors) -> bool {
    let is_serde = attribute.path().is_ident("serde");
    if is_serde {
        errors.at(
            attribute,
            "an aggregate is stored as its events, never as itself: remove this; on a marked field it is of use",
        );
    }
    !is_serde
}
