use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, format_ident, quote};
use syn::{Attribute, parse_quote};

use crate::aggregate::listed::Listed;
use crate::aggregate::model::Model;
use crate::names;

/// A variant of the enum of events.
pub(super) struct Variant {
    pub(super) cfgs: Vec<Attribute>,
    pub(super) docs: Vec<Attribute>,
    pub(super) ident: Ident,
    pub(super) payload: TokenStream,
    /// Its table of operations.
    pub(super) ops: TokenStream,
    /// Its row in the table of events.
    pub(super) row: TokenStream,
}

/// The library's three, then those that are listed.
pub(super) fn all(model: &Model) -> Vec<Variant> {
    let listed = model.events.iter().map(|event| of_listed(model, event));
    library(model).into_iter().chain(listed).collect()
}

fn library(model: &Model) -> [Variant; 3] {
    let Model {
        es, names, item, ..
    } = model;
    let aggregate = &item.ident;
    let (created, attribute) = (&names.created, &names.attribute);
    let aggregate_ops = |name: &str| {
        let name = format_ident!("{name}");
        quote!(<#aggregate as #es::__private::Aggregate>::#name)
    };
    let documented = |text: &str| vec![parse_quote!(#[doc = #text])];
    let variant = |name: &str, docs: &str, payload: TokenStream, ops, row| Variant {
        cfgs: Vec::new(),
        docs: documented(docs),
        ident: format_ident!("{name}"),
        payload,
        ops,
        row,
    };
    let row = |name: &str| {
        let name = format_ident!("{name}");
        quote!(#es::__private::EventKind::#name())
    };
    [
        variant(
            "Created",
            " It was created.",
            quote!(#created),
            aggregate_ops("CREATED_OPS"),
            row("created"),
        ),
        variant(
            "AttributeChanged",
            " An attribute was changed.",
            quote!(#attribute),
            ops_of(model, attribute),
            row_of(model, attribute),
        ),
        variant(
            "Discarded",
            " It was discarded.",
            quote!(#es::__private::Discarded),
            aggregate_ops("DISCARDED_OPS"),
            row("discarded"),
        ),
    ]
}

fn of_listed(model: &Model, event: &Listed) -> Variant {
    let path = &event.path;
    let docs = if event.docs.is_empty() {
        let text = format!(" `{}`", names::text(&event.variant));
        vec![parse_quote!(#[doc = #text])]
    } else {
        event.docs.clone()
    };
    Variant {
        cfgs: event.cfgs.clone(),
        docs,
        ident: event.variant.clone(),
        payload: quote!(#path),
        ops: ops_of(model, path),
        row: row_of(model, path),
    }
}

fn ops_of(model: &Model, payload: impl ToTokens) -> TokenStream {
    let (es, aggregate) = (&model.es, &model.item.ident);
    quote!(<#payload as #es::__private::EventOf<#aggregate>>::OPS)
}

fn row_of(model: &Model, payload: impl ToTokens) -> TokenStream {
    let es = &model.es;
    quote!(#es::__private::EventKind::new::<#payload>())
}
