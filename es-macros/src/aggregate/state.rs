//! The state of an aggregate as snapshots hold it: a key for each field.

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::LitStr;

use super::fields::{Part, Role};
use crate::serde_attributes::Serde;
use crate::{keys, names};

/// Keys that the library has in the state of every aggregate.
const LIBRARY: [&str; 7] = [
    "___created_on__",
    "___last_modified__",
    "___version__",
    "__head__",
    "__is_discarded__",
    "__pending_events__",
    "_id",
];

/// What may be said with `#[serde(…)]` of a field that is stored in snapshots alone.
pub(super) const OPTIONS: [&str; 6] = [
    "with",
    "serialize_with",
    "deserialize_with",
    "default",
    "alias",
    "rename",
];

/// The key of a field, and the tokens that make it.
pub(super) fn key(part: &Part) -> (String, TokenStream) {
    let serde = Serde::of(&part.field.attrs);
    let renamed = serde.renamed();
    let tokens = |literal: Option<&LitStr>| {
        literal.map_or_else(|| part.ident.to_token_stream(), LitStr::to_token_stream)
    };
    match &part.role {
        Role::Attribute(settings) => (settings.stored_name.clone(), tokens(settings.name.as_ref())),
        // A constructor's argument is kept under its name with an underscore before it.
        Role::Created => {
            let name = renamed
                .as_ref()
                .map_or_else(|| names::text(&part.ident), LitStr::value);
            (format!("_{name}"), tokens(renamed.as_ref()))
        }
        Role::Plain => match renamed {
            Some(literal) => (literal.value(), literal.to_token_stream()),
            None => (format!("_{}", names::text(&part.ident)), tokens(None)),
        },
    }
}

/// Why a state cannot have a key, if it cannot.
pub(super) fn fault(key: &str) -> Option<&'static str> {
    if LIBRARY.contains(&key) {
        Some("the library stores its own value there")
    } else {
        keys::mark_fault(key)
    }
}
