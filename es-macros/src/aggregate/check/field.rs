use quote::ToTokens;
use syn::punctuated::Punctuated;
use syn::{Attribute, Ident, Meta, Token};

use crate::aggregate::Entry;
use crate::aggregate::fields::{Part, Role, Settings};
use crate::errors::Errors;
use crate::names;
use crate::serde_attributes::Serde;

/// Methods that every aggregate has, and every entity.
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

pub(super) fn check(entry: Entry, part: &mut Part, keeps_snapshots: bool, errors: &mut Errors) {
    check_conditional_marks(entry, part, errors);
    // What is not marked is stored in snapshots alone, and checked with them.
    if !(keeps_snapshots && matches!(part.role, Role::Plain)) {
        check_serde(part, errors);
    }
    check_id(entry, part, errors);
    check_getter(entry, part, errors);
    check_setter(entry, part, errors);
}

/// `cfg_attr` is resolved after the macro has run.
fn check_conditional_marks(entry: Entry, part: &mut Part, errors: &mut Errors) {
    part.field.attrs.retain(|attribute| {
        let hidden = hidden_mark(attribute);
        if let Some(path) = &hidden {
            let word = path.to_token_stream();
            errors.at(
                path,
                format!(
                    "`{}` cannot see `{word}` inside `cfg_attr`: write the field twice, once below each `#[cfg(…)]`",
                    entry.attribute()
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

fn check_id(entry: Entry, part: &mut Part, errors: &mut Errors) {
    if part.is_argument() && part.ident == "id" {
        errors.at(
            &part.ident,
            format!(
                "every {} has an id already, the first argument of `create_with`: choose another name",
                entry.word()
            ),
        );
        if let Some(settings) = part.settings_mut() {
            settings.getter.take_if(|getter| getter == "id");
        }
    }
}

fn check_getter(entry: Entry, part: &mut Part, errors: &mut Errors) {
    check_accessor(entry, part, errors, ("getter", "it"), |settings| {
        &mut settings.getter
    });
}

fn check_setter(entry: Entry, part: &mut Part, errors: &mut Errors) {
    check_accessor(entry, part, errors, ("setter", "set_it"), |settings| {
        &mut settings.setter
    });
}

fn check_accessor(
    entry: Entry,
    part: &mut Part,
    errors: &mut Errors,
    (kind, example): (&str, &str),
    of: fn(&mut Settings) -> &mut Option<Ident>,
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
            "every {} has a method `{name}` already: choose another name, `#[attribute({kind} = {example})]` or \
             `#[attribute(skip({kind}))]`",
            entry.word()
        ),
    );
}
