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

/// Getters and setters of one name.
fn check_methods(model: &mut Model, errors: &mut Errors) {
    let mut seen: HashMap<String, bool> = HashMap::new();
    for part in &mut model.parts {
        let is_conditional = part.is_conditional();
        let Some(settings) = part.settings_mut() else {
            continue;
        };
        for (kind, accessor) in [
            ("getter", &mut settings.getter),
            ("setter", &mut settings.setter),
        ] {
            let Some(name) = accessor.clone() else {
                continue;
            };
            let other = seen.insert(names::text(&name), is_conditional);
            if other.is_some_and(|other| !(other && is_conditional)) {
                errors.at(
                    &name,
                    format!(
                        "two methods would be called `{name}`: choose another name, `#[attribute({kind} = …)]`, or \
                         `#[attribute(skip({kind}))]`"
                    ),
                );
                *accessor = None;
            }
        }
    }
}

/// Attributes whose variants would have one name.
fn check_variants(model: &mut Model, errors: &mut Errors) {
    let mut seen: HashMap<String, (String, bool)> = HashMap::new();
    for part in &mut model.parts {
        let (field, is_conditional) = (names::text(&part.ident), part.is_conditional());
        let ident = part.ident.clone();
        let Some(settings) = part.settings_mut() else {
            continue;
        };
        let variant = settings.variant.to_string();
        match seen.insert(variant.clone(), (field.clone(), is_conditional)) {
            Some((first, _)) if first == field => {}
            Some((first, _)) => {
                errors.at(
                    &ident,
                    format!("`{first}` and `{field}` would both be the variant `{variant}`: rename one field"),
                );
                settings.variant = names::made(&format!("{variant}_"), ident.span());
            }
            None => {}
        }
    }
}

fn check_stored_names(model: &mut Model, errors: &mut Errors) {
    let mut seen: HashMap<String, bool> = HashMap::new();
    for part in &mut model.parts {
        let (ident, is_conditional) = (part.ident.clone(), part.is_conditional());
        let Some(settings) = part.settings_mut() else {
            continue;
        };
        let other = seen.insert(settings.stored_name.clone(), is_conditional);
        if other.is_some_and(|other| !(other && is_conditional)) {
            let at = settings
                .name
                .as_ref()
                .map_or(ident.to_token_stream(), ToTokens::to_token_stream);
            errors.at(
                at,
                format!(
                    "two attributes are stored as `{}`: choose another name",
                    settings.stored_name
                ),
            );
            settings.stored_name.push('_');
        }
    }
}
