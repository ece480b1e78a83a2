//! `#[projection]`

mod check;
mod expand;
mod handler;
mod model;
mod parse;

use proc_macro2::TokenStream;

use crate::errors::Errors;

pub(crate) fn expand(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let expanded = match parse::parse(arguments, item, &mut errors) {
        Ok(parsed) => {
            let mut model = model::Model::new(parsed, &mut errors);
            check::check(&mut model, &mut errors);
            model.is_valid = errors.is_empty();
            expand::expand(&model)
        }
        Err(item) => item,
    };
    let errors = errors.into_items();
    quote::quote!(#expanded #errors)
}
