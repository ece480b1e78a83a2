//! The stored shapes of the library's events: the initial values, and the attributes.

use proc_macro2::TokenStream;
use quote::quote;

use crate::aggregate::model::Model;
use crate::serde_attributes::SerdeAttributes;
use crate::stored_shape;

pub(super) fn constants(model: &Model) -> TokenStream {
    let es = &model.es;
    let arguments = model.arguments().map(|field| &field.syntax);
    let created = stored_shape::from_fields(es, &SerdeAttributes::default(), arguments);
    let attributes = model.fields.iter().filter_map(|field| {
        let (cfgs, name) = (&field.cfgs, &field.settings()?.stored_name);
        let serializer = SerdeAttributes::from_attributes(&field.syntax.attrs).serializer_text();
        let ty = format!("{}{serializer}", stored_shape::type_text(field.ty()));
        Some(quote!(#(#cfgs)* #es::__private::Field::new(#name, #ty)))
    });
    quote! {
        const CREATED_SHAPE: ::core::option::Option<&'static #es::__private::Shape> = #created;
        const ATTRIBUTES: &'static [#es::__private::Field] = &[#(#attributes),*];
    }
}
