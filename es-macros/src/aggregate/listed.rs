//! The list of `events(…)`.

use proc_macro2::{Ident, TokenStream};
use syn::parse::{ParseStream, Parser};
use syn::{Attribute, Path};

use crate::errors::Errors;
use crate::{item, options};

/// One listed event.
pub(super) struct Listed {
    pub(super) cfgs: Vec<Attribute>,
    pub(super) docs: Vec<Attribute>,
    pub(super) path: Path,
    pub(super) variant: Ident,
}

pub(super) fn parse(list: TokenStream, errors: &mut Errors) -> Vec<Listed> {
    let parts = options::split(list, errors);
    parts
        .into_iter()
        .filter_map(|part| one(part, errors))
        .collect()
}

fn one(part: TokenStream, errors: &mut Errors) -> Option<Listed> {
    let parser = |input: ParseStream<'_>| {
        let attributes = Attribute::parse_outer(input)?;
        Ok((attributes, item::parse_path(input)?))
    };
    let Ok((attributes, path)) = parser.parse2(part.clone()) else {
        errors.at(part, "an event is listed as the path of a type without parameters, such as `SomethingHappened`");
        return None;
    };
    let variant = path.segments.last()?.ident.clone();
    let mut listed = Listed {
        cfgs: Vec::new(),
        docs: Vec::new(),
        path,
        variant,
    };
    for attribute in attributes {
        if attribute.path().is_ident("cfg") {
            listed.cfgs.push(attribute);
        } else if attribute.path().is_ident("doc") {
            listed.docs.push(attribute);
        } else {
            errors.at(
                attribute,
                "only `#[cfg(…)]` and documentation can stand before a listed event: remove this",
            );
        }
    }
    Some(listed)
}
