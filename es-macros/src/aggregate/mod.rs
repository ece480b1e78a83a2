//! `#[aggregate]` and `#[entity]`

mod check;
mod entry;
mod expand;
mod fields;
mod listed;
mod model;
mod parse;
mod state;

use proc_macro2::TokenStream;

pub(crate) use entry::Entry;

use crate::errors::Errors;

pub(crate) fn expand(entry: Entry, arguments: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let expanded = match parse::parse(entry, arguments, item, &mut errors) {
        Ok(parsed) => {
            let mut model = model::Model::new(parsed, &mut errors);
            check::check(&mut model, &mut errors);
            expand::expand(&model)
        }
        Err(item) => item,
    };
    let mistakes = errors.into_items();
    quote::quote!(#expanded #mistakes)
}
