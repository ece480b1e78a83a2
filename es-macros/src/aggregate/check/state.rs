use std::collections::HashMap;

use crate::aggregate::fields::Role;
use crate::aggregate::model::Model;
use crate::aggregate::state;
use crate::errors::Errors;
use crate::serde_attributes::{self, Serde};

/// What cannot be stored in a snapshot.
pub(super) fn check(model: &mut Model, errors: &mut Errors) {
    let Some(word) = &model.snapshot else {
        return;
    };
    if !model.kind.versions {
        errors.at(
            word,
            "a snapshot is of a version, and the events of this entity have none: add `versioned`",
        );
        model.snapshot = None;
        return;
    }
    for part in &mut model.parts {
        if matches!(part.role, Role::Plain) {
            serde_attributes::check_owned(&part.field, errors);
            check_serde(&mut part.field.attrs, errors);
        }
    }
    check_keys(model, errors);
}

/// Takes away what is of no use on a field that is stored in snapshots alone.
fn check_serde(attributes: &mut Vec<syn::Attribute>, errors: &mut Errors) {
    let serde = Serde::of(attributes);
    let mut is_right = true;
    for meta in serde.metas() {
        if !state::OPTIONS.iter().any(|word| meta.path().is_ident(word)) {
            errors.at(
                meta,
                "this field is stored in snapshots alone, where `with`, `default`, `alias` and `rename` are of use: \
                 remove this, or add `#[attribute]` or `#[created]`",
            );
            is_right = false;
        }
    }
    if !is_right {
        attributes.retain(|attribute| !attribute.path().is_ident("serde"));
    }
}

fn check_keys(model: &Model, errors: &mut Errors) {
    let mut seen: HashMap<String, bool> = HashMap::new();
    for part in &model.parts {
        let (key, tokens) = state::key(part);
        let is_conditional = part.is_conditional();
        let remedy = remedy(&part.role);
        if let Some(fault) = state::fault(&key) {
            let message = format!("in a snapshot the key `{key}` is taken, {fault}: {remedy}");
            errors.at(tokens, message);
            continue;
        }
        let other = seen.insert(key.clone(), is_conditional);
        if other.is_some_and(|other| !(other && is_conditional)) {
            let message = format!("in a snapshot two fields would have the key `{key}`: {remedy}");
            errors.at(tokens, message);
        }
    }
}

fn remedy(role: &Role) -> &'static str {
    match role {
        Role::Attribute(_) => "choose another name, `#[attribute(name = \"…\")]`",
        Role::Created => "rename the field",
        Role::Plain => "rename the field, or choose a key, `#[serde(rename = \"…\")]`",
    }
}
