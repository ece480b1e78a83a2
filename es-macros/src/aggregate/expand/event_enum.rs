use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};

use super::variant::Variant;
use crate::aggregate::listed::Listed;
use crate::aggregate::model::Model;
use crate::names;

/// The enum of all events. Its implementations use the operations alone, which have no bounds.
pub(super) fn items(model: &Model, variants: &[Variant]) -> Vec<TokenStream> {
    let mut items = vec![
        enumeration(model, variants),
        clone(model, variants),
        debug(model, variants),
        eq(model, variants),
        happens(model, &model.names.created),
        happens(model, &model.names.attribute),
    ];
    items.extend(variants.iter().map(|variant| from(model, variant)));
    for at in 0..model.events.len() {
        items.extend([event_of(model, at), topic_check(model, at)]);
    }
    items
}

/// The payloads that are made can be subscribed to, as those of events can.
fn happens(model: &Model, payload: &Ident) -> TokenStream {
    let es = &model.es;
    quote! {
        #[automatically_derived]
        impl #es::__private::Happens for #payload {}
    }
}

fn event_of(model: &Model, at: usize) -> TokenStream {
    let (es, aggregate, event) = (&model.es, &model.item.ident, &model.names.event);
    let Listed {
        cfgs,
        path,
        variant,
        ..
    } = &model.events[at];
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

/// A message at the path of an event whose topic cannot stand beside the others.
fn topic_check(model: &Model, at: usize) -> TokenStream {
    let (es, aggregate) = (&model.es, &model.item.ident);
    let Listed {
        cfgs,
        path,
        variant,
        ..
    } = &model.events[at];
    let before = model.events[..at]
        .iter()
        .map(|Listed { cfgs, .. }| quote!(#(#cfgs)* ()));
    // Of the scope of this expansion, wherever `macro_rules` took the path from.
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

fn enumeration(model: &Model, variants: &[Variant]) -> TokenStream {
    let (event, vis) = (&model.names.event, &model.item.vis);
    let docs = format!(
        " What can happen to [`{}`].",
        names::text(&model.item.ident)
    );
    let variants = variants.iter().map(
        |Variant {
             cfgs,
             docs,
             ident,
             payload,
             ..
         }| { quote!(#(#cfgs)* #(#docs)* #ident(#payload)) },
    );
    quote! {
        #[doc = #docs]
        #[allow(dead_code)]
        #vis enum #event { #(#variants,)* }
    }
}

fn clone(model: &Model, variants: &[Variant]) -> TokenStream {
    let event = &model.names.event;
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

fn debug(model: &Model, variants: &[Variant]) -> TokenStream {
    let event = &model.names.event;
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

fn eq(model: &Model, variants: &[Variant]) -> TokenStream {
    let event = &model.names.event;
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

fn from(model: &Model, variant: &Variant) -> TokenStream {
    let event = &model.names.event;
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
