//! What does not fit together. Each check reports, and takes the bad piece out of the model.

use std::collections::HashMap;

use quote::ToTokens;
use syn::{Attribute, Field, Fields, ItemStruct, Meta, Token, punctuated::Punctuated};

use super::fields::{Part, Role, Settings};
use super::model::Model;
use crate::errors::Errors;
use crate::serde_attributes::{self, Serde};
use crate::{item, names};

/// Methods that every aggregate has.
const METHODS: [&str; 11] = [
    "create",
    "create_with",
    "created_on",
    "discard",
    "head",
    "id",
    "is_discarded",
    "last_modified",
    "pending_events",
    "trigger",
    "version",
];

/// The events that every aggregate has.
const EVENTS: [&str; 3] = ["Created", "AttributeChanged", "Discarded"];

/// What the struct itself must be, before anything is decided of it.
pub(super) fn check_struct(item: &mut ItemStruct, errors: &mut Errors) {
    check_shape(item, errors);
    check_generics(item, errors);
    check_derives(item, errors);
    item.attrs
        .retain(|attribute| check_serde_above(attribute, errors));
}

pub(super) fn check(model: &mut Model, errors: &mut Errors) {
    check_event_names(model, errors);
    for part in &mut model.parts {
        check_conditional_marks(part, errors);
        check_serde(part, errors);
        check_id(part, errors);
        check_getter(part, errors);
        check_setter(part, errors);
    }
    check_methods(model, errors);
    check_variants(model, errors);
    check_stored_names(model, errors);
    check_keys(model, errors);
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
    let refused = item::take_derives(
        &mut item.attrs,
        &["Default", "Serialize", "Deserialize", "Copy"],
    );
    for path in refused {
        let name = path.segments.last().map(|last| last.ident.to_string());
        let message = match name.as_deref() {
            Some("Default") => {
                "an aggregate is made by `create`, for its first event is `Created`: remove `Default`"
            }
            Some("Copy") => {
                "an aggregate has a history of its own, and a copy would not share it: remove `Copy`"
            }
            _ => "an aggregate is stored as its events, never as itself: remove this derive",
        };
        errors.at(path, message);
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

fn check_event_names(model: &mut Model, errors: &mut Errors) {
    let aggregate = &model.item.ident;
    let made = [
        &model.names.event,
        &model.names.created,
        &model.names.attribute,
    ];
    let mut seen: HashMap<String, (String, bool)> = HashMap::new();
    model.events.retain(|event| {
        let name = names::text(&event.variant);
        let whole: String = event.path.to_token_stream().into_iter().map(|token| token.to_string()).collect();
        if EVENTS.contains(&name.as_str()) {
            let message = format!(
                "every aggregate has an event `{name}` already: list this one under another name, such as \
                 `{aggregate}{name}By…`"
            );
            errors.at(&event.variant, message);
            return false;
        }
        if event.path.get_ident().is_some() && made.contains(&&event.variant) {
            errors.at(
                &event.variant,
                format!("`#[aggregate]` makes a type `{name}` itself: give the event another name"),
            );
            return false;
        }
        let is_conditional = !event.cfgs.is_empty();
        match seen.insert(name.clone(), (whole.clone(), is_conditional)) {
            Some((first, other)) if !(other || is_conditional) => {
                let message = if first == whole {
                    format!("`{whole}` is listed twice: keep one")
                } else {
                    format!(
                        "`{first}` and `{whole}` would both be the variant `{name}`: bring one in under another name, \
                         `use {whole} as Other{name};`"
                    )
                };
                errors.at(&event.path, message);
                false
            }
            _ => true,
        }
    });
}

/// `cfg_attr` is resolved after the macro has run.
fn check_conditional_marks(part: &mut Part, errors: &mut Errors) {
    part.field.attrs.retain(|attribute| {
        let hidden = hidden_mark(attribute);
        if let Some(path) = &hidden {
            let word = path.to_token_stream();
            errors.at(
                path,
                format!(
                    "`#[aggregate]` cannot see `{word}` inside `cfg_attr`: write the field twice, once below each `#[cfg(…)]`"
                ),
            );
        }
        hidden.is_none()
    });
}

fn hidden_mark(attribute: &Attribute) -> Option<syn::Path> {
    if !attribute.path().is_ident("cfg_attr") {
        return None;
    }
    let metas = attribute
        .parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated)
        .ok()?;
    let is_ours = |meta: &Meta| {
        ["attribute", "created", "serde"]
            .iter()
            .any(|word| meta.path().is_ident(word))
    };
    metas
        .into_iter()
        .skip(1)
        .find(is_ours)
        .map(|meta| meta.path().clone())
}

fn check_serde(part: &mut Part, errors: &mut Errors) {
    let attributes = part.serde();
    if let (Role::Plain, Some(attribute)) = (&part.role, attributes.first()) {
        errors.at(
            attribute,
            "this field is not stored, for it is not marked: remove this, or add `#[attribute]` or `#[created]`",
        );
        return;
    }
    let serde = Serde::of(&attributes);
    for word in ["skip", "skip_serializing", "skip_deserializing"] {
        if let Some(meta) = serde.find(word) {
            let message = format!(
                "a marked field is stored, and `{word}` would lose it: remove one of the two"
            );
            errors.at(meta, message);
            part.field
                .attrs
                .retain(|attribute| !attribute.path().is_ident("serde"));
        }
    }
}

fn check_id(part: &mut Part, errors: &mut Errors) {
    if part.is_argument() && part.ident == "id" {
        errors.at(
            &part.ident,
            "every aggregate has an id already, the first argument of `create_with`: choose another name",
        );
        if let Some(settings) = part.settings_mut() {
            settings.getter.take_if(|getter| getter == "id");
        }
    }
}

fn check_getter(part: &mut Part, errors: &mut Errors) {
    check_accessor(part, errors, "getter", "it", |settings| {
        &mut settings.getter
    });
}

fn check_setter(part: &mut Part, errors: &mut Errors) {
    check_accessor(part, errors, "setter", "set_it", |settings| {
        &mut settings.setter
    });
}

fn check_accessor(
    part: &mut Part,
    errors: &mut Errors,
    kind: &str,
    example: &str,
    of: fn(&mut Settings) -> &mut Option<proc_macro2::Ident>,
) {
    let Some(accessor) = part.settings_mut().map(of) else {
        return;
    };
    let Some(name) = accessor.take_if(|name| METHODS.contains(&names::text(name).as_str())) else {
        return;
    };
    errors.at(
        &name,
        format!(
            "every aggregate has a method `{name}` already: choose another name, `#[attribute({kind} = {example})]` or \
             `#[attribute(skip({kind}))]`"
        ),
    );
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

fn check_keys(model: &Model, errors: &mut Errors) {
    let fields: Vec<&Field> = model.arguments().map(|part| &part.field).collect();
    serde_attributes::check_fields(&Serde::default(), fields, errors);
}
