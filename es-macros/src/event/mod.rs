//! `#[event]`

mod check;
mod expand;
mod model;
mod parse;
mod upcasts;

use proc_macro2::TokenStream;

use crate::errors::Errors;

pub(crate) fn expand(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let expanded = match parse::parse(arguments, item, &mut errors) {
        Ok(mut parsed) => {
            check::check(&mut parsed, &mut errors);
            expand::expand(&model::Event::new(parsed, &mut errors))
        }
        Err(item) => item,
    };
    let errors = errors.into_items();
    quote::quote!(#expanded #errors)
}
