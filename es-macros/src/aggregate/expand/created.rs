use proc_macro2::TokenStream;
use quote::quote;

use super::payload_derives;
use crate::aggregate::fields::Part;
use crate::aggregate::model::Model;
use crate::{item, names, serde_attributes};

/// The payload of `Created`.
pub(super) fn item(model: &Model) -> TokenStream {
    let Model {
        es, names, item, ..
    } = model;
    let (created, vis) = (&names.created, &item.vis);
    let docs = format!(
        " What the first event of [`{}`] holds.",
        names::text(&item.ident)
    );
    let (derives, serde) = (payload_derives(es), item::serde_path(es));
    let fields = model.arguments().map(|part| {
        let Part {
            ident, cfgs, field, ..
        } = part;
        let (docs, serde, ty) = (docs_of(part), part.serde(), &field.ty);
        let unread = serde_attributes::unread(es, field);
        quote!(#(#cfgs)* #docs #(#serde)* #unread #vis #ident: #ty)
    });
    quote! {
        #[doc = #docs]
        #derives
        #[serde(crate = #serde)]
        #vis struct #created { #(#fields,)* }
    }
}

/// The user's documentation; else the name.
pub(super) fn docs_of(part: &Part) -> TokenStream {
    if part.docs.is_empty() {
        let text = format!(" `{}`", names::text(&part.ident));
        return quote!(#[doc = #text]);
    }
    let docs = &part.docs;
    quote!(#(#docs)*)
}
