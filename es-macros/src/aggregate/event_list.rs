//! The list of the option `events(…)`.

use proc_macro2::{Ident, TokenStream};
use syn::parse::{ParseStream, Parser};
use syn::{Attribute, Path};

use crate::errors::Errors;
use crate::{options, types};

/// An event of the list.
pub(super) struct ListedEvent {
    pub(super) cfgs: Vec<Attribute>,
    pub(super) docs: Vec<Attribute>,
    pub(super) path: Path,
    /// The last segment of the path.
    pub(super) variant: Ident,
}

/// Parses the list. Invalid entries are reported and left out.
pub(super) fn parse(list: TokenStream, errors: &mut Errors) -> Vec<ListedEvent> {
    let parts = options::split(list, errors);
    parts
        .into_iter()
        .filter_map(|part| parse_event(part, errors))
        .collect()
}

fn parse_event(part: TokenStream, errors: &mut Errors) -> Option<ListedEvent> {
    let parser = |input: ParseStream<'_>| {
        let attributes = Attribute::parse_outer(input)?;
        Ok((attributes, types::parse_path(input)?))
    };
    let Ok((attributes, path)) = parser.parse2(part.clone()) else {
        errors.at(
            part,
            "invalid event: write the path of a type without generic arguments, such as \
             `SomethingHappened`",
        );
        return None;
    };
    let variant = path.segments.last()?.ident.clone();
    let mut event = ListedEvent {
        cfgs: Vec::new(),
        docs: Vec::new(),
        path,
        variant,
    };
    for attribute in attributes {
        if attribute.path().is_ident("cfg") {
            event.cfgs.push(attribute);
        } else if attribute.path().is_ident("doc") {
            event.docs.push(attribute);
        } else {
            errors.at(
                attribute,
                "a listed event takes `#[cfg(…)]` and documentation only: remove this attribute",
            );
        }
    }
    Some(event)
}
