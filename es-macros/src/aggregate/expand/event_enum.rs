//! The enum `…Event`: all events of an aggregate.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};

use super::docs;
use super::event_variant::Variant;
use crate::aggregate::event_list::ListedEvent;
use crate::aggregate::model::Model;
use crate::names;

/// The enum and its impls. The impls call the operations of the events, because a derive would need
/// bounds on payloads and report them in its own words.
pub(super) fn items(model: &Model, variants: &[Variant]) -> Vec<TokenStream> {
    let mut items = vec![
        enumeration(model, variants),
        clone_impl(model, variants),
        debug_impl(model, variants),
        eq_impl(model, variants),
        happens_impl(model, &model.generated.created),
        happens_impl(model, &model.generated.attribute),
    ];
    items.extend(variants.iter().map(|variant| from_impl(model, variant)));
    for index in 0..model.events.len() {
        items.extend([event_of_impl(model, index), topic_check(model, index)]);
    }
    items
}

fn enumeration(model: &Model, variants: &[Variant]) -> TokenStream {
    let (event, vis) = (&model.generated.event, &model.item.vis);
    let docs = docs::lines(&[format!(
        "The events of [`{}`].",
        names::text(&model.item.ident)
    )]);
    let variants = variants.iter().map(
        |Variant {
             cfgs,
             docs,
             ident,
             payload,
             ..
         }| quote!(#(#cfgs)* #docs #ident(#payload)),
    );
    quote! {
        #docs
        #[allow(dead_code)]
        #vis enum #event { #(#variants,)* }
    }
}

fn clone_impl(model: &Model, variants: &[Variant]) -> TokenStream {
    let event = &model.generated.event;
    let arms = variants.iter().map(
        |Variant {
             cfgs, ident, ops, ..
         }| { quote!(#(#cfgs)* Self::#ident(event) => Self::#ident(#ops.clone(event))) },
    );
    quote! {
        #[automatically_derived]
        impl ::core::clone::Clone for #event {
            fn clone(&self) -> Self {
                match self { #(#arms,)* }
            }
        }
    }
}

fn debug_impl(model: &Model, variants: &[Variant]) -> TokenStream {
    let event = &model.generated.event;
    let arms = variants.iter().map(
        |Variant {
             cfgs, ident, ops, ..
         }| { quote!(#(#cfgs)* Self::#ident(event) => #ops.debug(event, f)) },
    );
    quote! {
        #[automatically_derived]
        impl ::core::fmt::Debug for #event {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                match self { #(#arms,)* }
            }
        }
    }
}

fn eq_impl(model: &Model, variants: &[Variant]) -> TokenStream {
    let event = &model.generated.event;
    let arms = variants.iter().map(
        |Variant {
             cfgs, ident, ops, ..
         }| {
            quote!(#(#cfgs)* (Self::#ident(one), Self::#ident(other)) => #ops.eq(one, other))
        },
    );
    quote! {
        #[automatically_derived]
        impl ::core::cmp::PartialEq for #event {
            fn eq(&self, other: &Self) -> bool {
                match (self, other) {
                    #(#arms,)*
                    _ => false,
                }
            }
        }
    }
}

/// Allows handlers to subscribe to a generated payload.
fn happens_impl(model: &Model, payload: &Ident) -> TokenStream {
    let es = &model.es;
    quote! {
        #[automatically_derived]
        impl #es::__private::Happens for #payload {}
    }
}

fn from_impl(model: &Model, variant: &Variant) -> TokenStream {
    let event = &model.generated.event;
    let Variant {
        cfgs,
        ident,
        payload,
        ..
    } = variant;
    quote! {
        #(#cfgs)*
        #[automatically_derived]
        impl ::core::convert::From<#payload> for #event {
            fn from(event: #payload) -> Self {
                Self::#ident(event)
            }
        }
    }
}

fn event_of_impl(model: &Model, index: usize) -> TokenStream {
    let (es, aggregate, event) = (&model.es, &model.item.ident, &model.generated.event);
    let ListedEvent {
        cfgs,
        path,
        variant,
        ..
    } = &model.events[index];
    quote! {
        #(#cfgs)*
        #[automatically_derived]
        impl #es::__private::EventOf<#aggregate> for #path {
            type Status = #es::__private::Status<Self, { <Self as #es::__private::EventOf<#aggregate>>::OPS.is_retired() }>;
            const OPS: #es::__private::Ops<#aggregate, Self> =
                #es::__private::ops::<#aggregate, #path>(#event::#variant);
        }
    }
}

/// Reports a topic that is too long or belongs to an event before it, at the path of its event. The
/// topic is a constant of the event's type, so that only the compiler can evaluate it.
fn topic_check(model: &Model, index: usize) -> TokenStream {
    let (es, aggregate) = (&model.es, &model.item.ident);
    let ListedEvent {
        cfgs,
        path,
        variant,
        ..
    } = &model.events[index];
    // The index of the event among those that no `cfg` leaves out, after the three events of the
    // library.
    let before = model.events[..index]
        .iter()
        .map(|ListedEvent { cfgs, .. }| quote!(#(#cfgs)* ()));
    // If `variant` comes from a `macro_rules` definition, `fault` does not resolve at its span.
    let span = Span::call_site().located_at(variant.span());
    let panic = quote_spanned!(span=> ::core::panic!("{}", fault));
    quote! {
        #(#cfgs)*
        const _: () = if let ::core::option::Option::Some(fault) =
            #es::__private::topic_fault::<#aggregate, #path>([(), (), (), #(#before,)*].len())
        {
            #panic
        };
    }
}
