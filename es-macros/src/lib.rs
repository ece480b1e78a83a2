//! The attribute macros of `es`. The facade crate documents them at its re-exports.
//!
//! Each macro is a pipeline of four steps, a file each: `parse` reads tokens, `model` makes
//! decisions, `check` reports contradictions, and `expand` writes code and cannot fail.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod aggregate;
mod attributes;
mod errors;
mod event;
mod item;
mod library_path;
mod names;
mod options;
mod payload_check;
mod projection;
mod rename_rule;
mod reserved_keys;
mod serde_attributes;
mod stored_shape;
mod subscribe;
mod topic;
mod types;

use aggregate::MacroName;
use proc_macro::TokenStream;

#[allow(missing_docs)]
#[proc_macro_attribute]
pub fn aggregate(arguments: TokenStream, item: TokenStream) -> TokenStream {
    aggregate::expand(MacroName::Aggregate, arguments.into(), item.into()).into()
}

#[allow(missing_docs)]
#[proc_macro_attribute]
pub fn entity(arguments: TokenStream, item: TokenStream) -> TokenStream {
    aggregate::expand(MacroName::Entity, arguments.into(), item.into()).into()
}

#[allow(missing_docs)]
#[proc_macro_attribute]
pub fn event(arguments: TokenStream, item: TokenStream) -> TokenStream {
    event::expand(arguments.into(), item.into()).into()
}

#[allow(missing_docs)]
#[proc_macro_attribute]
pub fn subscribe_to(arguments: TokenStream, item: TokenStream) -> TokenStream {
    subscribe::expand(arguments.into(), item.into()).into()
}

#[allow(missing_docs)]
#[proc_macro_attribute]
pub fn projection(arguments: TokenStream, item: TokenStream) -> TokenStream {
    projection::expand(arguments.into(), item.into()).into()
}
