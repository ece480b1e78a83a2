//! `#[subscribe_to]` on functions, the handlers of a bus.

mod check;
mod expand;
mod model;
mod parse;

pub(crate) use check::check_signature;
pub(crate) use model::is_header;
pub(crate) use parse::parse_event;

use proc_macro2::TokenStream;

use crate::errors::Errors;

pub(crate) fn expand(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let expanded = match parse::parse(arguments, item, &mut errors) {
        Ok(parsed) if parsed.is_method() => {
            check::check(&parsed, &mut errors);
            parsed.into_item()
        }
        Ok(parsed) => {
            check::check(&parsed, &mut errors);
            let mut model = model::Model::new(parsed, &mut errors);
            model.is_callable &= errors.is_empty();
            expand::expand(&model)
        }
        Err(item) => item,
    };
    let errors = errors.into_items();
    quote::quote!(#expanded #errors)
}
