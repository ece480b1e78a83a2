//! The struct `…Created`: the payload of the first event.

use proc_macro2::TokenStream;
use quote::quote;

use super::{docs, payload_derives};
use crate::aggregate::fields::AggregateField;
use crate::aggregate::model::Model;
use crate::{library_path, names, serde_attributes};

pub(super) fn item(model: &Model) -> TokenStream {
    let Model {
        es,
        generated,
        item,
        ..
    } = model;
    let (created, vis) = (&generated.created, &item.vis);
    let docs = docs::lines(&[format!(
        "The payload of the `Created` event of [`{}`]: its initial values.",
        names::text(&item.ident)
    )]);
    let (derives, serde) = (payload_derives(es), library_path::serde_path(es));
    let fields = model.arguments().map(|field| {
        let AggregateField {
            ident,
            cfgs,
            syntax,
            ..
        } = field;
        let sentence = format!("The initial `{}`.", names::text(ident));
        let docs = docs::of_field_or(field, sentence);
        let (serde, ty) = (field.serde(), &syntax.ty);
        let placeholder = serde_attributes::borrowed_placeholder(es, syntax);
        quote!(#(#cfgs)* #docs #(#serde)* #placeholder #vis #ident: #ty)
    });
    quote! {
        #docs
        #derives
        #[serde(crate = #serde)]
        #vis struct #created { #(#fields,)* }
    }
}
