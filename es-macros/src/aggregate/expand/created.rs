use proc_macro2::TokenStream;
use quote::quote;

use super::payload_derives;
use crate::aggregate::fields::Part;
use crate::aggregate::model::Model;
use crate::serde_attributes::Serde;
use crate::{item, names};

/// The payload of `Created`.
pub(super) fn items(model: &Model) -> Vec<TokenStream> {
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
        quote!(#(#cfgs)* #docs #(#serde)* #vis #ident: #ty)
    });
    let structure = quote! {
        #[doc = #docs]
        #derives
        #[serde(crate = #serde)]
        #vis struct #created { #(#fields,)* }
    };
    [storable(model), Some(structure)]
        .into_iter()
        .flatten()
        .collect()
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

/// A message of ours at the type of a field that cannot be stored.
fn storable(model: &Model) -> Option<TokenStream> {
    let es = &model.es;
    let is_stored = |part: &&Part| part.is_argument() || part.settings().is_some();
    let parts = model
        .parts
        .iter()
        .filter(is_stored)
        .filter(|part| Serde::of(&part.field.attrs).keeps_form());
    let checks: Vec<_> = parts
        .map(|part| {
            let (cfgs, ty) = (&part.cfgs, part.ty());
            quote!(#(#cfgs)* #es::__private::storable::<#ty>();)
        })
        .collect();
    (!checks.is_empty()).then(|| quote!(const _: () = { #(#checks)* };))
}
