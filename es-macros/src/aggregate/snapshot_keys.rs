//! The keys of an aggregate's state in a snapshot: one for each field.

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::LitStr;

use super::fields::{AggregateField, Role};
use crate::serde_attributes::SerdeAttributes;
use crate::{names, reserved_keys};

/// Keys that the library writes into the state of every aggregate.
const LIBRARY: [&str; 7] = [
    "___created_on__",
    "___last_modified__",
    "___version__",
    "__head__",
    "__is_discarded__",
    "__pending_events__",
    "_id",
];

/// The serde options of a field that only snapshots store.
pub(super) const SERDE_OPTIONS: [&str; 6] = [
    "with",
    "serialize_with",
    "deserialize_with",
    "default",
    "alias",
    "rename",
];

/// Returns the key of a field, and the tokens that define it. The Python library uses the same
/// keys.
pub(super) fn key(field: &AggregateField) -> (String, TokenStream) {
    let renamed = SerdeAttributes::from_attributes(&field.syntax.attrs).written_name();
    let tokens = |literal: Option<&LitStr>| {
        literal.map_or_else(|| field.ident.to_token_stream(), LitStr::to_token_stream)
    };
    match (&field.role, &renamed) {
        (Role::Attribute(settings), _) => {
            (settings.stored_name.clone(), tokens(settings.name.as_ref()))
        }
        (Role::Created, Some(literal)) => (format!("_{}", literal.value()), tokens(Some(literal))),
        (Role::Unmarked, Some(literal)) => (literal.value(), tokens(Some(literal))),
        (Role::Created | Role::Unmarked, None) => {
            (format!("_{}", names::text(&field.ident)), tokens(None))
        }
    }
}

/// Returns the reason why the state cannot have the key, if it is reserved.
pub(super) fn fault(key: &str) -> Option<&'static str> {
    if LIBRARY.contains(&key) {
        Some("the library stores its own value there")
    } else {
        reserved_keys::mark_fault(key)
    }
}
