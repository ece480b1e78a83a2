//! `#[aggregate]` and `#[entity]`, which share one pipeline.

mod check;
mod event_list;
mod expand;
mod fields;
mod macro_name;
mod model;
mod parse;
mod snapshot_keys;

use proc_macro2::TokenStream;

pub(crate) use macro_name::MacroName;

use crate::errors::Errors;

pub(crate) fn expand(
    macro_name: MacroName,
    arguments: TokenStream,
    item: TokenStream,
) -> TokenStream {
    let mut errors = Errors::default();
    let expanded = match parse::parse(macro_name, arguments, item, &mut errors) {
        Ok(parsed) => {
            let mut model = model::Model::new(parsed, &mut errors);
            check::check(&mut model, &mut errors);
            expand::expand(&model)
        }
        Err(item) => item,
    };
    let errors = errors.into_items();
    quote::quote!(#expanded #errors)
}
