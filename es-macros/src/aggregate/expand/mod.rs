//! The expansion of an aggregate: code that depends on the user's type. The rest is in generic
//! functions of the library.

mod aggregate_impl;
mod attribute_enum;
mod created_struct;
mod docs;
mod event_enum;
mod event_variant;
mod getter;
mod methods;
mod snapshot_state;
mod stored_shapes;
mod type_checks;

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{Field, Fields, FieldsNamed, ItemStruct, parse_quote};

use super::model::Model;

/// The field that holds the library's data. A struct literal without it fails to compile, and the
/// error shows this name.
pub(super) const HIDDEN_FIELD: &str = "__made_by_create";

fn hidden_field() -> proc_macro2::Ident {
    format_ident!("{HIDDEN_FIELD}")
}

pub(super) fn expand(model: &Model) -> TokenStream {
    let variants = event_variant::all(model);
    // The checks come first, so that the compiler reports them before the errors of the derives.
    let mut items: Vec<_> = type_checks::item(model).into_iter().collect();
    items.push(created_struct::item(model));
    items.extend(attribute_enum::items(model));
    items.extend(event_enum::items(model, &variants));
    items.extend(aggregate_impl::items(model, &variants));
    items.push(methods::item(model));
    items.extend(snapshot_state::item(model));
    let cfgs = &model.cfgs;
    // The struct has the `cfg`s among its own attributes.
    let structure = structure(model);
    let items = items.iter().map(|item| quote!(#(#cfgs)* #item));
    quote!(#structure #(#items)*)
}

fn structure(model: &Model) -> TokenStream {
    let (es, hidden, ident) = (&model.es, hidden_field(), &model.item.ident);
    let fields = model.fields.iter().map(|field| {
        let mut syntax = field.syntax.clone();
        syntax
            .attrs
            .retain(|attribute| !attribute.path().is_ident("serde"));
        syntax
    });
    let hidden: Field = parse_quote!(#hidden: #es::__private::AggregateState<#ident>);
    let item = ItemStruct {
        fields: Fields::Named(FieldsNamed {
            brace_token: syn::token::Brace::default(),
            named: fields.chain([hidden]).collect(),
        }),
        semi_token: None,
        ..model.item.clone()
    };
    quote!(#item)
}

/// The derives of generated payloads.
fn payload_derives(es: &TokenStream) -> TokenStream {
    quote! {
        #[derive(
            ::core::clone::Clone,
            ::core::fmt::Debug,
            ::core::cmp::PartialEq,
            #es::__private::serde::Serialize,
            #es::__private::serde::Deserialize,
        )]
    }
}
