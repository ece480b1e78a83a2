//! The attribute macros of `es`; their documentation stands where the facade re-exports them.
//!
//! Each macro is four steps, a file each: `parse` reads tokens, `model` makes decisions, `check` looks for what does not
//! fit together, and `expand` writes code and has no errors.

mod aggregate;
mod errors;
mod event;
mod item;
mod keys;
mod names;
mod options;
mod projection;
mod serde_attributes;
mod shape;
mod subscribe;
mod topic;

use aggregate::Entry;
use proc_macro::TokenStream;

#[allow(missing_docs)]
#[proc_macro_attribute]
pub fn aggregate(arguments: TokenStream, item: TokenStream) -> TokenStream {
    aggregate::expand(Entry::Aggregate, arguments.into(), item.into()).into()
}

#[allow(missing_docs)]
#[proc_macro_attribute]
pub fn entity(arguments: TokenStream, item: TokenStream) -> TokenStream {
    aggregate::expand(Entry::Entity, arguments.into(), item.into()).into()
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
