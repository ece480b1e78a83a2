use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::root_field;
use crate::aggregate::fields::Part;
use crate::aggregate::model::Model;
use crate::aggregate::state;
use crate::serde_attributes::{self, Serde};
use crate::{item, names};

/// What stores the state of the struct in snapshots: serde's code over two structs that mirror it, one that writes from
/// the struct's own fields, and one that is read.
pub(super) fn item(model: &Model) -> Option<TokenStream> {
    model.snapshot.as_ref()?;
    let Model {
        es,
        item: structure,
        ..
    } = model;
    let aggregate = &structure.ident;
    let name = names::text(aggregate);
    let (written, read) = (
        format_ident!("__{name}Written"),
        format_ident!("__{name}Read"),
    );
    let serde = item::serde_path(es);
    let written_fields = model.parts.iter().map(written_field);
    let read_fields = model.parts.iter().map(|part| read_field(es, part));
    let (root, fields) = (root_field(), model.parts.iter().map(moved));
    Some(quote! {
        const _: () = {
            #[derive(#es::__private::serde::Serialize)]
            #[serde(crate = #serde, remote = #name)]
            #[allow(dead_code)]
            struct #written { #(#written_fields,)* }

            #[derive(#es::__private::serde::Deserialize)]
            #[serde(crate = #serde)]
            struct #read { #(#read_fields,)* }

            #[automatically_derived]
            impl #es::__private::Snapshotted for #aggregate {
                fn __write_state<S: #es::__private::serde::Serializer>(
                    &self,
                    serializer: S,
                ) -> ::core::result::Result<S::Ok, S::Error> {
                    #written::serialize(self, serializer)
                }
                fn __read_state<'de, D: #es::__private::serde::Deserializer<'de>>(
                    deserializer: D,
                    root: #es::__private::Root<Self>,
                ) -> ::core::result::Result<Self, D::Error> {
                    #[allow(unused_variables)]
                    let state = <#read as #es::__private::serde::Deserialize>::deserialize(deserializer)?;
                    ::core::result::Result::Ok(Self { #(#fields,)* #root: root })
                }
            }
        };
    })
}

/// The constant of the implementation that says how.
pub(super) fn constant(model: &Model) -> Option<TokenStream> {
    let es = &model.es;
    model.snapshot.as_ref().map(|_| {
        quote! {
            const STATE: ::core::option::Option<#es::__private::StateOps<Self>> =
                ::core::option::Option::Some(#es::__private::StateOps::new());
        }
    })
}

fn written_field(part: &Part) -> TokenStream {
    let Part { ident, cfgs, .. } = part;
    let (key, _) = state::key(part);
    let (ty, forms) = (part.ty(), Serde::of(&part.field.attrs).forms());
    quote!(#(#cfgs)* #[serde(rename = #key)] #forms #ident: #ty)
}

fn read_field(es: &TokenStream, part: &Part) -> TokenStream {
    let Part { ident, cfgs, .. } = part;
    let (key, _) = state::key(part);
    let serde = Serde::of(&part.field.attrs);
    let (ty, forms) = (part.ty(), serde.forms());
    let reading = serde.only(&["default", "alias"]);
    let unread = serde_attributes::unread(es, &part.field);
    // Without this, serde takes an `Option` that is missing for `None`.
    let has_form = ["with", "deserialize_with", "default"]
        .iter()
        .any(|word| serde.has(word));
    let present = format!("{}::present", item::private_path(es));
    let present =
        (!has_form && unread.is_none()).then(|| quote!(#[serde(deserialize_with = #present)]));
    quote!(#(#cfgs)* #[serde(rename = #key)] #forms #reading #unread #present #ident: #ty)
}

fn moved(part: &Part) -> TokenStream {
    let Part { ident, cfgs, .. } = part;
    quote!(#(#cfgs)* #ident: state.#ident)
}
