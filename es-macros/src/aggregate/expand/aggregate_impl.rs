//! The impls of `Aggregate` and its hidden part, the marker traits, and the registration of the topic.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::event_variant::Variant;
use super::{hidden_field, snapshot_state, stored_shapes};
use crate::aggregate::MacroName;
use crate::aggregate::fields::AggregateField;
use crate::aggregate::model::Model;

pub(super) fn items(model: &Model, variants: &[Variant]) -> Vec<TokenStream> {
    let (es, aggregate) = (&model.es, &model.item.ident);
    let mut items = vec![implementation(model, variants)];
    items.extend(marker_impls(model));
    items.push(quote!(#es::__private::inventory::submit! { #es::__private::Registered::new::<#aggregate>() }));
    items
}

/// The marker traits that enable `version()`, `created_on()`, `last_modified()` and `head()`.
fn marker_impls(model: &Model) -> impl Iterator<Item = TokenStream> {
    let (es, aggregate) = (&model.es, &model.item.ident);
    let kind = &model.kind;
    [
        ("Versioned", kind.is_versioned),
        ("Timestamped", kind.is_timestamped),
        ("HashChained", kind.is_hash_chained),
    ]
    .into_iter()
    .filter_map(|(name, is_present)| is_present.then_some(name))
    .map(move |name| {
        let marker = format_ident!("{name}");
        quote! {
            #[automatically_derived]
            impl #es::__private::#marker for #aggregate {}
        }
    })
}

fn implementation(model: &Model, variants: &[Variant]) -> TokenStream {
    let Model {
        es,
        generated,
        item,
        topic,
        base,
        was,
        ..
    } = model;
    let (aggregate, event, created) = (&item.ident, &generated.event, &generated.created);
    let kind = kind(model);
    let (constants, methods) = (constants(model, variants), methods(model, variants));
    let shapes = stored_shapes::constants(model);
    let state = snapshot_state::constant(model);
    let unchecked = (!model.is_round_trip_checked).then(|| {
        quote!(
            const ROUND_TRIP: bool = false;
        )
    });
    quote! {
        #[automatically_derived]
        impl #es::__private::Aggregate for #aggregate {
            const TOPIC: &'static str = #topic;
            const KIND: #es::__private::EntityKind = #kind;
        }
        #[automatically_derived]
        impl #es::__private::AggregateParts for #aggregate {
            type Event = #event;
            type Created = #created;
            const WAS: &'static [&'static str] = &[#(#was),*];
            const BASE: &'static str = #base;
            #unchecked
            #shapes
            #constants
            #state
            #methods
        }
    }
}

fn kind(model: &Model) -> TokenStream {
    let (es, kind) = (&model.es, &model.kind);
    let base = match model.macro_name {
        MacroName::Aggregate => quote!(AGGREGATE),
        MacroName::Entity => {
            let versioned = kind.is_versioned.then(|| quote!(.versioned()));
            let timestamped = kind.is_timestamped.then(|| quote!(.timestamped()));
            quote!(ENTITY #versioned #timestamped)
        }
    };
    let unchained = (!kind.is_hash_chained).then(|| quote!(.unchained()));
    quote!(#es::__private::EntityKind::#base #unchained)
}

fn constants(model: &Model, variants: &[Variant]) -> TokenStream {
    let Model {
        es,
        generated,
        base,
        ..
    } = model;
    let (event, created) = (&generated.event, &generated.created);
    let created_topic = format!("{base}.Created");
    let discarded_topic = format!("{base}.Discarded");
    let entries = variants
        .iter()
        .map(|Variant { cfgs, entry, .. }| quote!(#(#cfgs)* #entry));
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
        const EVENTS: &'static [#es::__private::EventKind<Self>] = &[#(#entries,)*];
    }
}

fn methods(model: &Model, variants: &[Variant]) -> TokenStream {
    let Model { es, generated, .. } = model;
    let (event, created, hidden) = (&generated.event, &generated.created, hidden_field());
    let fields = model.fields.iter().map(|field| initial_value(model, field));
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
        fn __new(created: #created, state: #es::__private::AggregateState<Self>) -> Self {
            Self { #(#fields,)* #hidden: state }
        }
        fn __state(&self) -> &#es::__private::AggregateState<Self> {
            &self.#hidden
        }
        fn __state_mut(&mut self) -> &mut #es::__private::AggregateState<Self> {
            &mut self.#hidden
        }
        fn __mutate(&mut self, event: &#event) {
            match event { #(#mutations,)* }
        }
        fn __payload(event: &#event) -> &#es::__private::AnyPayload {
            match event { #(#payloads,)* }
        }
    }
}

/// The value of a field in a new aggregate.
fn initial_value(model: &Model, field: &AggregateField) -> TokenStream {
    let es = &model.es;
    let AggregateField { ident, cfgs, .. } = field;
    let ty = field.ty();
    if field.is_argument() {
        quote!(#(#cfgs)* #ident: created.#ident)
    } else {
        quote!(#(#cfgs)* #ident: #es::__private::initial::<#ty>())
    }
}
