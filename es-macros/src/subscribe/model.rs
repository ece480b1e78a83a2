//! The model of a handler: all decisions that the expansion needs.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{Attribute, ItemFn, Type};

use super::check::argument_type;
use super::parse::Parsed;
use crate::errors::Errors;
use crate::types::{ends_with, ungrouped};
use crate::{attributes, library_path};

/// The model of an annotated function.
pub(super) struct Model {
    /// The path of the library.
    pub(super) es: TokenStream,
    pub(super) item: ItemFn,
    pub(super) cfgs: Vec<Attribute>,
    /// The event type of the annotation.
    pub(super) event: TokenStream,
    /// The type of the last argument.
    pub(super) argument: TokenStream,
    /// The type of the state, if the function takes one.
    pub(super) state: Option<TokenStream>,
    pub(super) takes_header: bool,
    /// True if the generated code can call the function. False after any error.
    pub(super) is_callable: bool,
}

impl Model {
    pub(super) fn new(parsed: Parsed, errors: &mut Errors) -> Self {
        let Parsed {
            options,
            event,
            mut item,
        } = parsed;
        item.attrs
            .retain(|attribute| !ends_with(attribute.path(), "subscribe_to"));
        let types: Vec<_> = item
            .sig
            .inputs
            .iter()
            .take(3)
            .filter_map(argument_type)
            .collect();
        let (argument, before) = match types.split_last() {
            Some((argument, before)) => (Some(referent(argument)), before),
            None => (None, &[][..]),
        };
        let is_callable = event.is_some();
        let event = event.map_or_else(|| quote!(()), ToTokens::into_token_stream);
        Self {
            es: library_path::from_options(&options, errors),
            cfgs: attributes::named(&item.attrs, "cfg"),
            argument: argument.unwrap_or_else(|| event.clone()),
            event,
            state: before
                .first()
                .filter(|first| before.len() == 2 || !is_header(first))
                .map(|state| referent(state)),
            takes_header: before.iter().any(|argument| is_header(argument)),
            is_callable,
            item,
        }
    }
}

/// Returns the referenced type.
fn referent(argument: &Type) -> TokenStream {
    match ungrouped(argument) {
        Type::Reference(reference) => reference.elem.to_token_stream(),
        other => other.to_token_stream(),
    }
}

/// Returns true if the type is `&EventHeader`.
pub(crate) fn is_header(argument: &Type) -> bool {
    let Type::Reference(reference) = ungrouped(argument) else {
        return false;
    };
    matches!(ungrouped(&reference.elem), Type::Path(ty) if ends_with(&ty.path, "EventHeader"))
}
