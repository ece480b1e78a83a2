use proc_macro2::TokenStream;
use quote::quote;

use super::variant::Variant;
use super::{root_field, shapes};
use crate::aggregate::Entry;
use crate::aggregate::fields::Part;
use crate::aggregate::model::Model;

/// What makes the struct an aggregate, and registers its topic.
pub(super) fn items(model: &Model, variants: &[Variant]) -> Vec<TokenStream> {
    let (es, aggregate) = (&model.es, &model.item.ident);
    let mut items = vec![implementation(model, variants)];
    items.extend(kept(model));
    items.push(quote!(#es::__private::inventory::submit! { #es::__private::Registered::new::<#aggregate>() }));
    items
}

/// What can be asked of it, as it is kept.
fn kept(model: &Model) -> impl Iterator<Item = TokenStream> {
    let (es, aggregate) = (&model.es, &model.item.ident);
    let kind = &model.kind;
    [
        ("Versioned", kind.versions),
        ("Timestamped", kind.times),
        ("HashChained", kind.hashes),
    ]
    .into_iter()
    .filter_map(|(name, is_kept)| is_kept.then_some(name))
    .map(move |kept| {
        let kept = quote::format_ident!("{kept}");
        quote! {
            #[automatically_derived]
            impl #es::__private::#kept for #aggregate {}
        }
    })
}

fn implementation(model: &Model, variants: &[Variant]) -> TokenStream {
    let Model {
        es,
        names,
        item,
        topic,
        base,
        was,
        ..
    } = model;
    let (aggregate, event, created) = (&item.ident, &names.event, &names.created);
    let kind = kind(model);
    let (consts, methods) = (consts(model, variants), methods(model, variants));
    let shapes = shapes::consts(model);
    let state = super::state::constant(model);
    quote! {
        #[automatically_derived]
        impl #es::__private::Aggregate for #aggregate {
            type Event = #event;
            type Created = #created;
            const TOPIC: &'static str = #topic;
            const KIND: #es::__private::EntityKind = #kind;
            const WAS: &'static [&'static str] = &[#(#was),*];
            const BASE: &'static str = #base;
            #shapes
            #consts
            #state
            #methods
        }
    }
}

fn kind(model: &Model) -> TokenStream {
    let (es, kind) = (&model.es, &model.kind);
    let base = match model.entry {
        Entry::Aggregate => quote!(AGGREGATE),
        Entry::Entity => {
            let versions = kind.versions.then(|| quote!(.versioned()));
            let times = kind.times.then(|| quote!(.timestamped()));
            quote!(ENTITY #versions #times)
        }
    };
    let unchained = (!kind.hashes).then(|| quote!(.unchained()));
    quote!(#es::__private::EntityKind::#base #unchained)
}

fn consts(model: &Model, variants: &[Variant]) -> TokenStream {
    let Model {
        es, names, base, ..
    } = model;
    let (event, created) = (&names.event, &names.created);
    let created_topic = format!("{base}.Created");
    let discarded_topic = format!("{base}.Discarded");
    let rows = variants
        .iter()
        .map(|Variant { cfgs, row, .. }| quote!(#(#cfgs)* #row));
    quote! {
        const CREATED_OPS: #es::__private::Ops<Self, #created> = #es::__private::library_ops(
            #created_topic,
            "Created",
            #event::Created,
            #es::__private::unchanged,
        );
        const DISCARDED_OPS: #es::__private::Ops<Self, #es::__private::Discarded> = #es::__private::library_ops(
            #discarded_topic,
            "Discarded",
            #event::Discarded,
            #es::__private::unchanged,
        );
        const EVENTS: &'static [#es::__private::EventKind<Self>] = &[#(#rows,)*];
    }
}

fn methods(model: &Model, variants: &[Variant]) -> TokenStream {
    let Model { es, names, .. } = model;
    let (event, created, root) = (&names.event, &names.created, root_field());
    let fields = model.parts.iter().map(|part| initial(model, part));
    let mutations = variants.iter().map(
        |Variant {
             cfgs, ident, ops, ..
         }| { quote!(#(#cfgs)* #event::#ident(event) => #ops.mutate(event, self)) },
    );
    let payloads = variants
        .iter()
        .map(|Variant { cfgs, ident, .. }| quote!(#(#cfgs)* #event::#ident(event) => event));
    quote! {
        #[allow(unused_variables)]
        fn __new(created: #created, root: #es::__private::Root<Self>) -> Self {
            Self { #(#fields,)* #root: root }
        }
        fn __root(&self) -> &#es::__private::Root<Self> {
            &self.#root
        }
        fn __root_mut(&mut self) -> &mut #es::__private::Root<Self> {
            &mut self.#root
        }
        fn __mutate(&mut self, event: &#event) {
            match event { #(#mutations,)* }
        }
        fn __payload(event: &#event) -> &#es::__private::AnyPayload {
            match event { #(#payloads,)* }
        }
    }
}

/// A field of a new aggregate.
fn initial(model: &Model, part: &Part) -> TokenStream {
    let es = &model.es;
    let Part { ident, cfgs, .. } = part;
    let ty = part.ty();
    if part.is_argument() {
        quote!(#(#cfgs)* #ident: created.#ident)
    } else {
        quote!(#(#cfgs)* #ident: #es::__private::initial::<#ty>())
    }
}
