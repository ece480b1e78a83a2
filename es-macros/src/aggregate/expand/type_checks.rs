//! Checks of field types by the compiler: calls with trait bounds. The messages of
//! the traits state the remedy.

use proc_macro2::TokenStream;
use quote::quote;

use crate::aggregate::fields::AggregateField;
use crate::aggregate::model::Model;
use crate::serde_attributes::{SerdeAttributes, is_borrowed};

pub(super) fn item(model: &Model) -> Option<TokenStream> {
    let checks: Vec<_> = model
        .fields
        .iter()
        .map(|field| check(model, field))
        .collect();
    (!checks.is_empty()).then(|| quote!(const _: () = { #(#checks)* };))
}

fn check(model: &Model, field: &AggregateField) -> TokenStream {
    let es = &model.es;
    let (cfgs, ty) = (&field.cfgs, field.ty());
    let is_stored = field.is_argument() || field.settings().is_some();
    let serde = SerdeAttributes::from_attributes(&field.syntax.attrs);
    let uses_type_impls = serde.uses_type_impls() && !is_borrowed(&field.syntax);
    if is_stored && uses_type_impls {
        quote!(#(#cfgs)* #es::__private::storable::<#ty>();)
    } else if model.snapshot.is_some() && uses_type_impls {
        quote!(#(#cfgs)* #es::__private::snapshottable::<#ty>();)
    } else {
        quote!(#(#cfgs)* #es::__private::sendable::<#ty>();)
    }
}
