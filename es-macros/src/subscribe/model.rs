use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{Attribute, ItemFn, Type};

use super::check::ty;
use super::parse::Parsed;
use crate::errors::Errors;
use crate::item;

/// What is decided of a handler.
pub(super) struct Model {
    pub(super) es: TokenStream,
    pub(super) item: ItemFn,
    pub(super) cfgs: Vec<Attribute>,
    /// The type that it subscribes to.
    pub(super) event: TokenStream,
    /// The type of its last argument.
    pub(super) argument: TokenStream,
    pub(super) state: Option<TokenStream>,
    pub(super) takes_header: bool,
    /// Whether the library can call it; not beside an error.
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
            .retain(|attribute| !item::is_named(attribute.path(), "subscribe_to"));
        let types: Vec<_> = item.sig.inputs.iter().take(3).filter_map(ty).collect();
        let (argument, before) = match types.split_last() {
            Some((argument, before)) => (Some(borrowed(argument)), before),
            None => (None, &[][..]),
        };
        let is_callable = event.is_some();
        let event = event.map_or_else(|| quote!(()), ToTokens::into_token_stream);
        Self {
            es: item::library(&options, errors),
            cfgs: item::with_path(&item.attrs, "cfg"),
            argument: argument.unwrap_or_else(|| event.clone()),
            event,
            state: before
                .first()
                .filter(|first| before.len() == 2 || !is_header(first))
                .map(|state| borrowed(state)),
            takes_header: before.iter().any(|argument| is_header(argument)),
            is_callable,
            item,
        }
    }
}

/// The type behind `&`.
fn borrowed(argument: &Type) -> TokenStream {
    match item::ungrouped(argument) {
        Type::Reference(reference) => reference.elem.to_token_stream(),
        other => other.to_token_stream(),
    }
}

/// Whether an argument is the event's header.
pub(crate) fn is_header(argument: &Type) -> bool {
    let Type::Reference(reference) = item::ungrouped(argument) else {
        return false;
    };
    matches!(item::ungrouped(&reference.elem), Type::Path(ty) if item::is_named(&ty.path, "EventHeader"))
}
