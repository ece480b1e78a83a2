//! Checks of the annotated struct itself, before the model is built.

use syn::{Attribute, Fields, ItemStruct};

use crate::aggregate::MacroName;
use crate::attributes;
use crate::errors::Errors;
use crate::types::ends_with;

/// Derives that an aggregate cannot have, each with the reason and the remedy.
const REFUSED_DERIVES: [(&str, &str); 6] = [
    (
        "Default",
        "cannot be `Default`, because its first event is `Created`: remove this derive, and call \
         `create`",
    ),
    (
        "Copy",
        "cannot be `Copy`, because a copy would have a history of its own: remove this derive",
    ),
    ("Serialize", "is stored as events: remove this derive"),
    ("Deserialize", "is stored as events: remove this derive"),
    (
        "PartialOrd",
        "has no order, because its history has none: remove this derive, and compare attributes",
    ),
    (
        "Ord",
        "has no order, because its history has none: remove this derive, and compare attributes",
    ),
];

pub(in crate::aggregate) fn check_struct(
    macro_name: MacroName,
    item: &mut ItemStruct,
    errors: &mut Errors,
) {
    check_shape(macro_name, item, errors);
    check_generics(macro_name, item, errors);
    check_derives(macro_name, item, errors);
    attributes::check_serde_with(item, macro_name.attribute(), errors);
    item.attrs
        .retain(|attribute| check_serde(macro_name, attribute, errors));
}

fn check_shape(macro_name: MacroName, item: &ItemStruct, errors: &mut Errors) {
    if let Fields::Unnamed(unnamed) = &item.fields {
        errors.at(
            unnamed,
            format!(
                "the fields of an {} must have names, because its events and methods use them: \
                 write `{{ name: Type }}`",
                macro_name.noun()
            ),
        );
    }
}

/// Reports generic parameters. A topic identifies one type, and a generic struct is many.
fn check_generics(macro_name: MacroName, item: &ItemStruct, errors: &mut Errors) {
    let (noun, generics) = (macro_name.noun(), &item.generics);
    if !generics.params.is_empty() {
        errors.at(
            generics,
            format!(
                "an {noun} cannot be generic, because its topic identifies one type: use owned, \
                 concrete types, or write one {noun} for each type"
            ),
        );
    } else if let Some(clause) = &generics.where_clause {
        errors.at(
            clause,
            format!("an {noun} cannot be generic and needs no `where` clause: remove it"),
        );
    }
}

fn check_derives(macro_name: MacroName, item: &mut ItemStruct, errors: &mut Errors) {
    let names = REFUSED_DERIVES.map(|(name, _)| name);
    for path in attributes::take_derives(&mut item.attrs, &names) {
        let refused = REFUSED_DERIVES
            .iter()
            .find(|(name, _)| ends_with(&path, name));
        let message = refused.map_or("", |(_, message)| message);
        errors.at(&path, format!("an {} {message}", macro_name.noun()));
    }
}

/// Returns false, after a report, if the attribute is `#[serde(…)]`.
fn check_serde(macro_name: MacroName, attribute: &Attribute, errors: &mut Errors) -> bool {
    let is_serde = attribute.path().is_ident("serde");
    if is_serde {
        errors.at(
            attribute,
            format!(
                "an {} is stored as events: remove this attribute, or move it to a marked field",
                macro_name.noun()
            ),
        );
    }
    !is_serde
}
