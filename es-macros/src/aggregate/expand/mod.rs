//! Writes code: what varies with the user's type is here, all else is in generic functions of the library.

mod created;
mod event_enum;
mod implementation;
mod methods;
mod shapes;
mod state;
mod typed_change;
mod types;
mod variant;

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{Field, Fields, FieldsNamed, ItemStruct, parse_quote};

use super::model::Model;

/// The field that holds what the library keeps. A struct literal that lacks it fails with this name in the message.
pub(super) const ROOT_FIELD: &str = "__made_by_create";

fn root_field() -> proc_macro2::Ident {
    format_ident!("{ROOT_FIELD}")
}

pub(super) fn expand(model: &Model) -> TokenStream {
    let variants = variant::all(model);
    let mut items: Vec<_> = types::item(model).into_iter().collect();
    items.push(created::item(model));
    items.extend(typed_change::items(model));
    items.extend(event_enum::items(model, &variants));
    items.extend(implementation::items(model, &variants));
    items.push(methods::item(model));
    items.extend(state::item(model));
    let cfgs = &model.cfgs;
    // The struct has them among its own attributes.
    let structure = structure(model);
    let items = items.iter().map(|item| quote!(#(#cfgs)* #item));
    quote!(#structure #(#items)*)
}

fn structure(model: &Model) -> TokenStream {
    let (es, root, ident) = (&model.es, root_field(), &model.item.ident);
    let fields = model.parts.iter().map(|part| {
        let mut field = part.field.clone();
        field
            .attrs
            .retain(|attribute| !attribute.path().is_ident("serde"));
        field
    });
    let root: Field = parse_quote!(#root: #es::__private::Root<#ident>);
    let item = ItemStruct {
        fields: Fields::Named(FieldsNamed {
            brace_token: syn::token::Brace::default(),
            named: fields.chain([root]).collect(),
        }),
        semi_token: None,
        ..model.item.clone()
    };
    quote!(#item)
}

/// The derives of payloads, and where serde is.
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
