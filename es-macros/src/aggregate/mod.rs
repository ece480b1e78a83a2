//! `#[aggregate]`

mod check;
mod expand;
mod fields;
mod listed;
mod model;
mod parse;
mod state;

use proc_macro2::TokenStream;

use crate::errors::Errors;

pub(crate) fn expand(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let expanded = match parse::parse(arguments, item, &mut errors) {
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
