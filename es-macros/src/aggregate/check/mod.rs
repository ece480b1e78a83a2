//! Checks across the options and fields of an aggregate. A check reports an invalid option or field
//! and removes it from the model, so that the rest still expands.

mod events;
mod fields;
mod snapshot;
mod struct_item;
mod unique_names;

use syn::Field;

pub(super) use struct_item::check_struct;

use super::expand::HIDDEN_FIELD;
use super::model::Model;
use crate::errors::Errors;
use crate::payload_check;
use crate::serde_attributes::SerdeAttributes;

pub(super) fn check(model: &mut Model, errors: &mut Errors) {
    check_hidden_field(model, errors);
    events::check(model, errors);
    let has_snapshots = model.snapshot.is_some();
    for field in &mut model.fields {
        fields::check(model.macro_name, field, has_snapshots, errors);
    }
    unique_names::check(model, errors);
    check_keys(model, errors);
    snapshot::check(model, errors);
}

fn check_hidden_field(model: &mut Model, errors: &mut Errors) {
    model.fields.retain(|field| {
        let is_hidden_field = field.ident == HIDDEN_FIELD;
        if is_hidden_field {
            errors.at(
                &field.ident,
                "this name is reserved for a field that the library adds: rename the field",
            );
        }
        !is_hidden_field
    });
}

/// Checks the keys of the first event.
fn check_keys(model: &Model, errors: &mut Errors) {
    let fields: Vec<&Field> = model.arguments().map(|field| &field.syntax).collect();
    payload_check::check_fields(&SerdeAttributes::default(), fields, errors);
}
