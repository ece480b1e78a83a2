//! What does not fit together. Each check reports, and takes the bad piece out of the model.

mod events;
mod field;
mod names;
mod state;
mod structure;

use syn::Field;

pub(super) use structure::check_struct;

use super::expand::ROOT_FIELD;
use super::model::Model;
use crate::errors::Errors;
use crate::serde_attributes::{self, Serde};

pub(super) fn check(model: &mut Model, errors: &mut Errors) {
    check_root(model, errors);
    events::check(model, errors);
    let keeps_snapshots = model.snapshot.is_some();
    for part in &mut model.parts {
        field::check(model.entry, part, keeps_snapshots, errors);
    }
    names::check(model, errors);
    check_keys(model, errors);
    state::check(model, errors);
}

fn check_root(model: &mut Model, errors: &mut Errors) {
    model.parts.retain(|part| {
        let is_root = part.ident == ROOT_FIELD;
        if is_root {
            errors.at(
                &part.ident,
                "the library adds a field of this name: choose another",
            );
        }
        !is_root
    });
}

fn check_keys(model: &Model, errors: &mut Errors) {
    let fields: Vec<&Field> = model.arguments().map(|part| &part.field).collect();
    serde_attributes::check_fields(&Serde::default(), fields, errors);
}
