//! The expansion of an event: the struct with its derives, and the impl of `Event`.

use proc_macro2::TokenStream;
use quote::quote;
use syn::Attribute;

use super::model::Event;
use super::upcasts;
use crate::serde_attributes::{self, SerdeAttributes};
use crate::stored_shape;

pub(super) fn expand(event: &Event) -> TokenStream {
    if !event.item.generics.params.is_empty() {
        return struct_only(event);
    }
    let derives = event.derives();
    let mut item = event.item.clone();
    for field in &mut item.fields {
        field.attrs.retain(|attribute| !is_mark(attribute));
        if let Some(placeholder) = serde_attributes::borrowed_placeholder(&event.es, field) {
            field.attrs.push(syn::parse_quote!(#placeholder));
        }
    }
    let implementation = implementation(event);
    let type_checks = type_checks(event);
    quote!(#type_checks #derives #item #implementation)
}

/// The struct without impls. Helper attributes are removed, because no derive of ours accepts them.
fn struct_only(event: &Event) -> TokenStream {
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
        ..
    } = event;
    let ident = &event.item.ident;
    let was = (!was.is_empty()).then(|| quote!(const WAS: &'static [&'static str] = &[#(#was),*];));
    let retired = event.is_retired.then(|| {
        quote!(
            const RETIRED: bool = true;
        )
    });
    let unchecked = (!event.is_round_trip_checked).then(|| {
        quote!(
            const ROUND_TRIP: bool = false;
        )
    });
    let upcasts = upcasts::items(es, *version, upcasts);
    let container = SerdeAttributes::from_attributes(&event.item.attrs);
    let shape = stored_shape::from_fields(es, &container, &event.item.fields);
    let standalone = standalone_impl(event);
    quote! {
        #(#cfgs)*
        #[automatically_derived]
        impl #es::__private::Event for #ident {
            const NAME: &'static str = #name;
            #was
            #retired
            #unchecked
            const SHAPE: ::core::option::Option<&'static #es::__private::Shape> = #shape;
            #upcasts
        }
        #standalone
    }
}

fn standalone_impl(event: &Event) -> Option<TokenStream> {
    let Event { es, cfgs, item, .. } = event;
    let (ident, properties) = (&item.ident, event.standalone.as_ref()?);
    Some(quote! {
        #(#cfgs)*
        #[automatically_derived]
        impl #es::__private::Standalone for #ident {
            const KIND: #es::__private::EntityKind = #es::__private::EntityKind::STANDALONE #(.#properties())*;
        }
    })
}

/// A call with a trait bound for each field type. The message of the trait states the remedy.
fn type_checks(event: &Event) -> TokenStream {
    let Event {
        es,
        cfgs,
        stored_types,
        ..
    } = event;
    if stored_types.is_empty() {
        return TokenStream::new();
    }
    let checks = stored_types.iter().map(|stored| {
        let (cfgs, ty) = (&stored.cfgs, &stored.ty);
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
