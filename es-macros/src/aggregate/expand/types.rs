use proc_macro2::TokenStream;
use quote::quote;

use crate::aggregate::fields::Part;
use crate::aggregate::model::Model;
use crate::serde_attributes::{Serde, is_borrowed};

/// Messages of ours at the types of fields that cannot be what they are. They stand before all else, and so come first.
pub(super) fn item(model: &Model) -> Option<TokenStream> {
    let checks: Vec<_> = model.parts.iter().map(|part| check(model, part)).collect();
    (!checks.is_empty()).then(|| quote!(const _: () = { #(#checks)* };))
}

fn check(model: &Model, part: &Part) -> TokenStream {
    let es = &model.es;
    let (cfgs, ty) = (&part.cfgs, part.ty());
    let is_stored = part.is_argument() || part.settings().is_some();
    let keeps_form = Serde::of(&part.field.attrs).keeps_form() && !is_borrowed(&part.field);
    if is_stored && keeps_form {
        quote!(#(#cfgs)* #es::__private::storable::<#ty>();)
    } else if model.snapshot.is_some() && keeps_form {
        quote!(#(#cfgs)* #es::__private::snapshottable::<#ty>();)
    } else {
        quote!(#(#cfgs)* #es::__private::sendable::<#ty>();)
    }
}
