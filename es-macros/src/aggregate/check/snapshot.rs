//! Checks of the option `snapshot`: all fields must be storable, under distinct keys.

use super::unique_names::SeenNames;
use crate::aggregate::fields::Role;
use crate::aggregate::model::Model;
use crate::aggregate::snapshot_keys;
use crate::errors::Errors;
use crate::payload_check;
use crate::serde_attributes::SerdeAttributes;

pub(super) fn check(model: &mut Model, errors: &mut Errors) {
    let Some(keyword) = &model.snapshot else {
        return;
    };
    if !model.kind.is_versioned {
        errors.at(
            keyword,
            "a snapshot needs the version of the last event, and the events of this entity have \
             no versions: add `versioned`",
        );
        model.snapshot = None;
        return;
    }
    for field in &mut model.fields {
        if matches!(field.role, Role::Unmarked) {
            payload_check::check_owned(&field.syntax, errors);
            check_serde(&mut field.syntax.attrs, errors);
        }
    }
    check_keys(model, errors);
}

/// Reports and removes serde options without effect on a field that only snapshots store.
fn check_serde(attributes: &mut Vec<syn::Attribute>, errors: &mut Errors) {
    let serde = SerdeAttributes::from_attributes(attributes);
    let mut is_valid = true;
    for option in serde.options() {
        if !snapshot_keys::SERDE_OPTIONS
            .iter()
            .any(|word| option.path().is_ident(word))
        {
            errors.at(
                option,
                "only snapshots store this field, and they support `with`, `default`, `alias` and \
                 `rename`: remove this option, or add `#[attribute]` or `#[created]`",
            );
            is_valid = false;
        }
    }
    if !is_valid {
        attributes.retain(|attribute| !attribute.path().is_ident("serde"));
    }
}

fn check_keys(model: &Model, errors: &mut Errors) {
    let mut seen = SeenNames::default();
    for field in &model.fields {
        let (key, tokens) = snapshot_keys::key(field);
        let remedy = remedy(&field.role);
        if let Some(fault) = snapshot_keys::fault(&key) {
            let message =
                format!("the snapshot key `{key}` is reserved, because {fault}: {remedy}");
            errors.at(tokens, message);
            continue;
        }
        if seen.is_duplicate(key.clone(), field.is_conditional()) {
            let message = format!("two fields have the snapshot key `{key}`: {remedy}");
            errors.at(tokens, message);
        }
    }
}

fn remedy(role: &Role) -> &'static str {
    match role {
        Role::Attribute(_) => "choose another name, `#[attribute(name = \"…\")]`",
        Role::Created => "rename the field",
        Role::Unmarked => "rename the field, or choose another key, `#[serde(rename = \"…\")]`",
    }
}
