//! The state of an aggregate in snapshots: serde's code for two structs that mirror the aggregate,
//! one to write and one to read.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::hidden_field;
use crate::aggregate::fields::AggregateField;
use crate::aggregate::model::Model;
use crate::aggregate::snapshot_keys;
use crate::serde_attributes::{self, SerdeAttributes};
use crate::{library_path, names};

/// The impl of `Snapshotted`. serde's `remote` derive writes from the aggregate's own fields, so
/// that nothing is cloned.
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
    let serde = library_path::serde_path(es);
    let written_fields = model.fields.iter().map(written_field);
    let read_fields = model.fields.iter().map(|field| read_field(es, field));
    let comparison = comparison(model);
    let (hidden, fields) = (hidden_field(), model.fields.iter().map(moved));
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
                    library_state: #es::__private::AggregateState<Self>,
                ) -> ::core::result::Result<Self, D::Error> {
                    #[allow(unused_variables)]
                    let state = <#read as #es::__private::serde::Deserialize>::deserialize(deserializer)?;
                    ::core::result::Result::Ok(Self { #(#fields,)* #hidden: library_state })
                }
                #comparison
            }
        };
    })
}

/// The comparison of two states, unless the aggregate opts out of it. Its bounds are at the types of
/// the fields.
fn comparison(model: &Model) -> Option<TokenStream> {
    let es = &model.es;
    let fields = model.fields.iter().map(|field| {
        let AggregateField { ident, cfgs, .. } = field;
        let (ty, name) = (field.ty(), names::text(ident));
        quote! {
            #(#cfgs)*
            #es::__private::compare::<#ty>(difference, #name, &self.#ident, &other.#ident);
        }
    });
    model.is_round_trip_checked.then(|| {
        quote! {
            #[allow(unused_variables)]
            fn __compare_state(&self, other: &Self, difference: &mut #es::__private::StateDifference) {
                #(#fields)*
            }
        }
    })
}

/// The constant of the `Aggregate` impl that points to the impl of `Snapshotted`.
pub(super) fn constant(model: &Model) -> Option<TokenStream> {
    let es = &model.es;
    model.snapshot.as_ref().map(|_| {
        quote! {
            const STATE: ::core::option::Option<#es::__private::StateOps<Self>> =
                ::core::option::Option::Some(#es::__private::StateOps::new());
        }
    })
}

fn written_field(field: &AggregateField) -> TokenStream {
    let AggregateField { ident, cfgs, .. } = field;
    let (key, _) = snapshot_keys::key(field);
    let serializers = SerdeAttributes::from_attributes(&field.syntax.attrs).serializers();
    let ty = field.ty();
    quote!(#(#cfgs)* #[serde(rename = #key)] #serializers #ident: #ty)
}

fn read_field(es: &TokenStream, field: &AggregateField) -> TokenStream {
    let AggregateField { ident, cfgs, .. } = field;
    let (key, _) = snapshot_keys::key(field);
    let serde = SerdeAttributes::from_attributes(&field.syntax.attrs);
    let (ty, serializers) = (field.ty(), serde.serializers());
    let reading = serde.subset(&["default", "alias"]);
    let placeholder = serde_attributes::borrowed_placeholder(es, &field.syntax);
    // serde reads an absent `Option` as `None`, which would hide that the snapshot lacks the field.
    // `present` requires it.
    let has_reader = serde.has_any(&["with", "deserialize_with", "default"]);
    let present = format!("{}::present", library_path::private_path(es));
    let present = (!has_reader && placeholder.is_none())
        .then(|| quote!(#[serde(deserialize_with = #present)]));
    quote!(#(#cfgs)* #[serde(rename = #key)] #serializers #reading #placeholder #present #ident: #ty)
}

fn moved(field: &AggregateField) -> TokenStream {
    let AggregateField { ident, cfgs, .. } = field;
    quote!(#(#cfgs)* #ident: state.#ident)
}
