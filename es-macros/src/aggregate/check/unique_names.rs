//! Checks that generated methods, variants and stored names are distinct.

use std::collections::HashMap;

use quote::ToTokens;

use crate::aggregate::model::Model;
use crate::errors::Errors;
use crate::names;

pub(super) fn check(model: &mut Model, errors: &mut Errors) {
    check_methods(model, errors);
    check_variants(model, errors);
    check_stored_names(model, errors);
}

/// The names seen so far. The value is true if a `cfg` can leave the field out; two such fields may
/// share a name.
#[derive(Default)]
pub(super) struct SeenNames(HashMap<String, bool>);

impl SeenNames {
    /// Records a name. Returns true if it is a duplicate.
    pub(super) fn is_duplicate(&mut self, name: String, is_conditional: bool) -> bool {
        self.0
            .insert(name, is_conditional)
            .is_some_and(|other| !(other && is_conditional))
    }
}

/// Reports getters and setters of the same name.
fn check_methods(model: &mut Model, errors: &mut Errors) {
    let mut seen = SeenNames::default();
    for field in &mut model.fields {
        let is_conditional = field.is_conditional();
        let Some(settings) = field.settings_mut() else {
            continue;
        };
        for (option, accessor) in [
            ("getter", &mut settings.getter),
            ("setter", &mut settings.setter),
        ] {
            let Some(name) = accessor.clone() else {
                continue;
            };
            if seen.is_duplicate(names::text(&name), is_conditional) {
                errors.at(
                    &name,
                    format!(
                        "two methods have the name `{name}`: choose another name, \
                         `#[attribute({option} = …)]`, or `#[attribute(skip({option}))]`"
                    ),
                );
                *accessor = None;
            }
        }
    }
}

/// Reports attributes with the same variant name.
fn check_variants(model: &mut Model, errors: &mut Errors) {
    let mut seen: HashMap<String, String> = HashMap::new();
    for field in &mut model.fields {
        let (name, ident) = (names::text(&field.ident), field.ident.clone());
        let Some(settings) = field.settings_mut() else {
            continue;
        };
        let variant = settings.variant.to_string();
        let first = seen.insert(variant.clone(), name.clone());
        // A field can occur twice, below opposite `cfg`s.
        if let Some(first) = first.filter(|first| *first != name) {
            errors.at(
                &ident,
                format!(
                    "`{first}` and `{name}` have the same variant `{variant}`: rename one field"
                ),
            );
            settings.variant = names::identifier(&format!("{variant}_"), ident.span());
        }
    }
}

/// Reports attributes with the same stored name.
fn check_stored_names(model: &mut Model, errors: &mut Errors) {
    let mut seen = SeenNames::default();
    for field in &mut model.fields {
        let (ident, is_conditional) = (field.ident.clone(), field.is_conditional());
        let Some(settings) = field.settings_mut() else {
            continue;
        };
        if seen.is_duplicate(settings.stored_name.clone(), is_conditional) {
            let at = settings
                .name
                .as_ref()
                .map_or(ident.to_token_stream(), ToTokens::to_token_stream);
            errors.at(
                at,
                format!(
                    "two attributes have the stored name `{}`: choose another, `#[attribute(name \
                     = \"…\")]`",
                    settings.stored_name
                ),
            );
            settings.stored_name.push('_');
        }
    }
}
