//! Checks of an event: its struct, its stored names, and the keys of its fields.

use quote::ToTokens;
use syn::spanned::Spanned;
use syn::{Fields, Generics, LitStr};

use super::parse::Parsed;
use crate::errors::Errors;
use crate::payload_check;
use crate::{attributes, names, topic};

pub(super) fn check(parsed: &mut Parsed, errors: &mut Errors) {
    check_shape(&parsed.item.fields, errors);
    check_generics(&parsed.item.generics, errors);
    check_name(parsed, errors);
    check_previous_names(parsed, errors);
    check_marks(&parsed.item.fields, errors);
    attributes::check_serde_with(&mut parsed.item, "#[event]", errors);
    check_cfg_attr(&mut parsed.item.fields, errors);
    if parsed.item.generics.params.is_empty() {
        payload_check::check_payload(&mut parsed.item, errors);
    }
}

fn check_shape(fields: &Fields, errors: &mut Errors) {
    if let Fields::Unnamed(unnamed) = fields {
        errors.at(
            unnamed,
            "the fields of an event must have names, which are the keys of the stored object: \
             write `{ name: Type }`",
        );
    }
}

/// Reports generic parameters. A stored name identifies one type, and a generic struct is many.
fn check_generics(generics: &Generics, errors: &mut Errors) {
    if !generics.params.is_empty() {
        errors.at(
            generics,
            "an event cannot be generic, because its stored name identifies one type: use owned, \
             concrete types",
        );
    } else if let Some(clause) = &generics.where_clause {
        errors.at(
            clause,
            "an event cannot be generic and needs no `where` clause: remove it",
        );
    }
}

fn check_name(parsed: &Parsed, errors: &mut Errors) {
    if let Some(name) = parsed.options.text("name") {
        check_topic(name, errors);
        check_suffix(name, errors);
    } else if let Some(fault) = topic::fault(&names::text(&parsed.item.ident)) {
        errors.at(
            &parsed.item.ident,
            format!(
                "this name cannot be the stored name, because it {fault}: add `#[event(name = \
                 \"…\")]`"
            ),
        );
    }
}

/// Reports the suffix by which untyped readers recognize the end of a sequence.
fn check_suffix(name: &LitStr, errors: &mut Errors) {
    if name.value().ends_with(".Discarded") {
        errors.at(
            name,
            "the suffix `.Discarded` is reserved for the event that discards an entity: choose \
             another name",
        );
    }
}

fn check_topic(name: &LitStr, errors: &mut Errors) {
    if let Some(fault) = topic::fault(&name.value()) {
        errors.at(name, format!("this name {fault}: {}", topic::RULES));
    }
}

fn check_previous_names(parsed: &Parsed, errors: &mut Errors) {
    for name in parsed.options.texts("was") {
        check_topic(name, errors);
    }
}

/// Reports and removes serde attributes of fields inside `cfg_attr`, which the macro cannot read. The
/// compiler resolves those of the struct before the macro runs.
fn check_cfg_attr(fields: &mut Fields, errors: &mut Errors) {
    for field in fields {
        field.attrs.retain(|attribute| {
            let hidden = attributes::inside_cfg_attr(attribute, &["serde"]);
            if let Some(path) = &hidden {
                errors.at(
                    path,
                    "`#[event]` cannot read `serde` inside `cfg_attr`: write the field twice, once \
                     below each `#[cfg(…)]`",
                );
            }
            hidden.is_none()
        });
    }
}

/// Reports field attributes of `#[aggregate]`.
fn check_marks(fields: &Fields, errors: &mut Errors) {
    for attribute in fields.iter().flat_map(|field| &field.attrs) {
        let mark = ["attribute", "created"]
            .into_iter()
            .find(|mark| attribute.path().is_ident(mark));
        if let Some(mark) = mark {
            errors.at_span(
                attribute.meta.path().to_token_stream().span(),
                format!(
                    "`#[{mark}]` is for fields of an aggregate, and all fields of an event are \
                     stored: remove it"
                ),
            );
        }
    }
}
