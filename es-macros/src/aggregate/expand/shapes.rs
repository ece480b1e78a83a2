use proc_macro2::TokenStream;
use quote::quote;

use crate::aggregate::model::Model;
use crate::serde_attributes::Serde;
use crate::shape;

/// The shapes of what the library's events hold: the values of the first event, and the attributes.
pub(super) fn consts(model: &Model) -> TokenStream {
    let es = &model.es;
    let created: Vec<_> = model.arguments().map(|part| &part.field).collect();
    let created = shape::of(es, &Serde::default(), created);
    let attributes = model.parts.iter().filter_map(|part| {
        let (cfgs, name) = (&part.cfgs, &part.settings()?.stored_name);
        let form = Serde::of(&part.field.attrs).form_text();
        let ty = format!("{}{form}", shape::type_text(part.ty()));
        Some(quote!(#(#cfgs)* #es::__private::Field::new(#name, #ty)))
    });
    quote! {
        const CREATED_SHAPE: ::core::option::Option<&'static #es::__private::Shape> = #created;
        const ATTRIBUTES: &'static [#es::__private::Field] = &[#(#attributes),*];
    }
}
