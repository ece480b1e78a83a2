use proc_macro2::TokenStream;
use quote::quote;
use syn::Attribute;

use super::model::Event;
use super::upcasts;
use crate::serde_attributes::{self, Serde};
use crate::shape;

pub(super) fn expand(event: &Event) -> TokenStream {
    if !event.item.generics.params.is_empty() {
        return bare(event);
    }
    let derives = event.derives();
    let mut item = event.item.clone();
    for field in &mut item.fields {
        field.attrs.retain(|attribute| !is_mark(attribute));
        if let Some(unread) = serde_attributes::unread(&event.es, field) {
            field.attrs.push(syn::parse_quote!(#unread));
        }
    }
    let implementation = implementation(event);
    let storable = storable(event);
    quote!(#storable #derives #item #implementation)
}

/// The struct alone, without what only our derives understand.
fn bare(event: &Event) -> TokenStream {
    let mut item = event.item.clone();
    let is_foreign =
        |attribute: &Attribute| !is_mark(attribute) && !attribute.path().is_ident("serde");
    item.attrs.retain(is_foreign);
    for field in &mut item.fields {
        field.attrs.retain(is_foreign);
    }
    quote!(#item)
}

pub(super) fn implementation(event: &Event) -> TokenStream {
    let Event {
        es,
        cfgs,
        name,
        was,
        version,
        upcasts,
        is_retired,
        alone,
        ..
    } = event;
    let ident = &event.item.ident;
    let lone = alone.as_ref().map(|kept| {
        quote! {
            #(#cfgs)*
            #[automatically_derived]
            impl #es::__private::Standalone for #ident {
                const KIND: #es::__private::EntityKind = #es::__private::EntityKind::STANDALONE #(.#kept())*;
            }
        }
    });
    let was = (!was.is_empty()).then(|| quote!(const WAS: &'static [&'static str] = &[#(#was),*];));
    let retired = is_retired.then(|| {
        quote!(
            const RETIRED: bool = true;
        )
    });
    let upcasts = upcasts::items(es, *version, upcasts);
    let shape = shape::of(es, &Serde::of(&event.item.attrs), &event.item.fields);
    quote! {
        #(#cfgs)*
        #[automatically_derived]
        impl #es::__private::Event for #ident {
            const NAME: &'static str = #name;
            #was
            #retired
            const SHAPE: ::core::option::Option<&'static #es::__private::Shape> = #shape;
            #upcasts
        }
        #lone
    }
}

/// A message of ours at the type of a field that cannot be stored.
fn storable(event: &Event) -> TokenStream {
    let Event {
        es, cfgs, stored, ..
    } = event;
    if stored.is_empty() {
        return TokenStream::new();
    }
    let checks = stored.iter().map(|field| {
        let (cfgs, ty) = (&field.cfgs, &field.ty);
        quote!(#(#cfgs)* #es::__private::storable::<#ty>();)
    });
    quote! {
        #(#cfgs)*
        const _: () = { #(#checks)* };
    }
}

fn is_mark(attribute: &Attribute) -> bool {
    ["attribute", "created"]
        .iter()
        .any(|mark| attribute.path().is_ident(mark))
}
