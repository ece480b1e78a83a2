use quote::ToTokens;
use syn::spanned::Spanned;
use syn::{Fields, Generics};

use super::parse::Parsed;
use crate::errors::Errors;
use crate::serde_attributes;
use crate::{names, topic};

pub(super) fn check(parsed: &mut Parsed, errors: &mut Errors) {
    check_shape(&parsed.item.fields, errors);
    check_generics(&parsed.item.generics, errors);
    check_name(parsed, errors);
    check_former_names(parsed, errors);
    check_marks(&parsed.item.fields, errors);
    if parsed.item.generics.params.is_empty() {
        serde_attributes::check_payload(&mut parsed.item, errors);
    }
}

fn check_shape(fields: &Fields, errors: &mut Errors) {
    if let Fields::Unnamed(unnamed) = fields {
        errors.at(
            unnamed,
            "an event's fields have names, which are the keys of its stored text: write `{ name: Type }`",
        );
    }
}

/// A stored name says which type an event has; parameters would say it differently in each.
fn check_generics(generics: &Generics, errors: &mut Errors) {
    if !generics.params.is_empty() {
        errors.at(
            generics,
            "an event has no lifetimes and no type parameters, for its stored name is that of one type: write owned, \
             concrete types",
        );
    } else if let Some(clause) = &generics.where_clause {
        errors.at(
            clause,
            "an event has no parameters that a `where` clause could bound: remove it",
        );
    }
}

fn check_name(parsed: &Parsed, errors: &mut Errors) {
    if let Some(name) = parsed.options.text("name") {
        check_one(name, errors);
        check_end(name, errors);
    } else if let Some(fault) = topic::fault(&names::text(&parsed.item.ident)) {
        errors.at(
            &parsed.item.ident,
            format!("the stored name of the event would be this one, which {fault}: add `#[event(name = \"…\")]`"),
        );
    }
}

/// Who walks a sequence without its types knows its end by the name.
fn check_end(name: &syn::LitStr, errors: &mut Errors) {
    if name.value().ends_with(".Discarded") {
        errors.at(
            name,
            "a name that ends in `.Discarded` is that of the event that ends an entity: give it another last word",
        );
    }
}

fn check_one(name: &syn::LitStr, errors: &mut Errors) {
    if let Some(fault) = topic::fault(&name.value()) {
        errors.at(name, format!("this name {fault}: {}", topic::RULES));
    }
}

fn check_former_names(parsed: &Parsed, errors: &mut Errors) {
    for name in parsed.options.texts("was") {
        check_one(name, errors);
    }
}

/// Words of `#[aggregate]` that mean nothing here.
fn check_marks(fields: &Fields, errors: &mut Errors) {
    for attribute in fields.iter().flat_map(|field| &field.attrs) {
        let mark = ["attribute", "created"]
            .into_iter()
            .find(|mark| attribute.path().is_ident(mark));
        if let Some(mark) = mark {
            errors.at_span(
                attribute.meta.path().to_token_stream().span(),
                format!("`#[{mark}]` marks fields of an aggregate; all fields of an event are stored: remove it"),
            );
        }
    }
}
