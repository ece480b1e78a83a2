//! The variants of the event enum: the events of the library, then the listed events.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, format_ident, quote};
use syn::Attribute;

use super::docs;
use crate::aggregate::event_list::ListedEvent;
use crate::aggregate::model::Model;
use crate::names;

/// A variant of the event enum.
pub(super) struct Variant {
    pub(super) cfgs: Vec<Attribute>,
    pub(super) docs: TokenStream,
    pub(super) ident: Ident,
    pub(super) payload: TokenStream,
    /// The constant with the operations of the event.
    pub(super) ops: TokenStream,
    /// The entry of the event in `Aggregate::EVENTS`.
    pub(super) entry: TokenStream,
}

pub(super) fn all(model: &Model) -> Vec<Variant> {
    let listed = model
        .events
        .iter()
        .map(|event| Variant::from_listed(model, event));
    library_variants(model).into_iter().chain(listed).collect()
}

fn library_variants(model: &Model) -> [Variant; 3] {
    let Model { es, generated, .. } = model;
    let (created, attribute) = (&generated.created, &generated.attribute);
    let noun = model.macro_name.noun();
    [
        Variant {
            cfgs: Vec::new(),
            docs: docs::lines(&[format!("The {noun} was created.")]),
            ident: format_ident!("Created"),
            payload: quote!(#created),
            ops: aggregate_ops(model, "CREATED_OPS"),
            entry: quote!(#es::__private::EventKind::created()),
        },
        Variant {
            cfgs: Vec::new(),
            docs: docs::lines(&["An attribute was changed.".to_owned()]),
            ident: format_ident!("AttributeChanged"),
            payload: quote!(#attribute),
            ops: event_ops(model, attribute),
            entry: event_entry(model, attribute),
        },
        Variant {
            cfgs: Vec::new(),
            docs: docs::lines(&[format!("The {noun} was discarded.")]),
            ident: format_ident!("Discarded"),
            payload: quote!(#es::__private::Discarded),
            ops: aggregate_ops(model, "DISCARDED_OPS"),
            entry: quote!(#es::__private::EventKind::discarded()),
        },
    ]
}

impl Variant {
    fn from_listed(model: &Model, event: &ListedEvent) -> Self {
        let ListedEvent {
            cfgs,
            docs,
            path,
            variant,
        } = event;
        let docs = if docs.is_empty() {
            docs::lines(&[format!("The `{}` event.", names::text(variant))])
        } else {
            quote!(#(#docs)*)
        };
        Self {
            cfgs: cfgs.clone(),
            docs,
            ident: variant.clone(),
            payload: quote!(#path),
            ops: event_ops(model, path),
            entry: event_entry(model, path),
        }
    }
}

fn aggregate_ops(model: &Model, constant: &str) -> TokenStream {
    let (es, aggregate) = (&model.es, &model.item.ident);
    let constant = format_ident!("{constant}");
    quote!(<#aggregate as #es::__private::AggregateParts>::#constant)
}

fn event_ops(model: &Model, payload: impl ToTokens) -> TokenStream {
    let (es, aggregate) = (&model.es, &model.item.ident);
    quote!(<#payload as #es::__private::EventOf<#aggregate>>::OPS)
}

fn event_entry(model: &Model, payload: impl ToTokens) -> TokenStream {
    let es = &model.es;
    quote!(#es::__private::EventKind::new::<#payload>())
}
