use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::Path;
use syn::spanned::Spanned;

use super::handler::{Argument, Handler};
use super::model::{Model, Others};

/// A name that no event of the user's has.
const EVENT: &str = "__ProjectedEvent";

pub(super) fn expand(model: &Model) -> TokenStream {
    let Model { es, item, cfgs, .. } = model;
    let (enumeration, implementation) = (enumeration(model), implementation(model));
    let routes = model
        .aggregates
        .iter()
        .enumerate()
        .map(|(at, aggregate)| routes(model, at, aggregate));
    let sources = sources(model);
    let checks = model.is_whole.then(|| checks(model));
    quote! {
        // Handlers take `self`, whether they use it or not.
        #[allow(clippy::unused_self)]
        #item
        #(#cfgs)*
        const _: () = {
            #[allow(unused_imports)]
            use #es::__private::NotOf as _;
            #enumeration
            #(#routes)*
            #sources
            #implementation
            #checks
        };
    }
}

fn event_ident() -> Ident {
    format_ident!("{EVENT}")
}

/// Any event that is handled.
fn enumeration(model: &Model) -> TokenStream {
    let event = event_ident();
    let variants = model.handlers.iter().map(
        |Handler {
             cfgs, ident, event, ..
         }| quote!(#(#cfgs)* #ident(#event)),
    );
    let froms = model.handlers.iter().map(
        |Handler {
             cfgs,
             ident,
             event: payload,
             ..
         }| {
            quote! {
                #(#cfgs)*
                #[automatically_derived]
                impl ::core::convert::From<#payload> for #event {
                    fn from(event: #payload) -> Self {
                        Self::#ident(event)
                    }
                }
            }
        },
    );
    quote! {
        #[doc(hidden)]
        #[allow(
            dead_code,
            missing_debug_implementations,
            non_camel_case_types,
            private_interfaces,
            unreachable_pub,
            variant_size_differences,
            clippy::large_enum_variant
        )]
        pub enum #event { #(#variants,)* }
        #(#froms)*
    }
}

fn routes_ident(at: usize) -> Ident {
    format_ident!("__ROUTES_{at}")
}

/// How the handled events of an aggregate are read.
fn routes(model: &Model, at: usize, aggregate: &Path) -> TokenStream {
    let (es, ident, event) = (&model.es, routes_ident(at), event_ident());
    let probes = model
        .handlers
        .iter()
        .map(|handler| probes(model, aggregate, handler));
    quote! {
        const #ident: &[::core::option::Option<#es::__private::Route<#event>>] = &[#(#probes)*];
    }
}

/// The three ways in which a payload can be one of an aggregate's events.
fn probes(model: &Model, aggregate: &Path, handler: &Handler) -> TokenStream {
    let (es, event) = (&model.es, event_ident());
    let Handler {
        cfgs,
        event: payload,
        ..
    } = handler;
    let probe = quote!(#es::__private::Probe::<#aggregate, #payload, #event>);
    quote! {
        #(#cfgs)* #probe::LISTED,
        #(#cfgs)* #probe::CREATED,
        #(#cfgs)* #probe::DISCARDED,
    }
}

fn sources(model: &Model) -> TokenStream {
    let (es, event) = (&model.es, event_ident());
    let sources = model.aggregates.iter().enumerate().map(|(at, aggregate)| {
        let routes = routes_ident(at);
        quote!(#es::__private::Source::new::<#aggregate>(#routes))
    });
    quote! {
        const __SOURCES: &[#es::__private::Source<#event>] = &[#(#sources,)*];
    }
}

fn implementation(model: &Model) -> TokenStream {
    let Model { es, name, item, .. } = model;
    let (this, event) = (&item.self_ty, event_ident());
    let transaction = model.handlers.iter().find_map(Handler::transaction);
    let (generics, transaction) = match transaction {
        Some(ty) => (None, ty.to_token_stream()),
        None => (
            Some(quote!(<__Transaction: ::core::marker::Send>)),
            quote!(__Transaction),
        ),
    };
    let arms = model.handlers.iter().map(|handler| arm(model, handler));
    let matched = if model.handlers.is_empty() {
        quote!(match *event {})
    } else {
        quote!(match event { #(#arms)* })
    };
    quote! {
        #[automatically_derived]
        impl #generics #es::__private::Projection<#transaction> for #this {
            const NAME: &'static str = #name;
            type Event = #event;
            const SOURCES: &'static [#es::__private::Source<#event>] = __SOURCES;
            #[allow(unused_variables, clippy::unused_async, clippy::unused_async_trait_impl)]
            async fn __handle(
                &self,
                event: &#event,
                header: &#es::__private::EventHeader,
                at: #es::__private::RecordId,
                transaction: &mut #transaction,
            ) -> ::core::result::Result<(), #es::__private::BoxError> {
                #matched
            }
        }
    }
}

fn arm(model: &Model, handler: &Handler) -> TokenStream {
    let (es, event) = (&model.es, event_ident());
    let Handler {
        cfgs,
        ident,
        event: payload,
        argument: taken,
        arguments,
        ..
    } = handler;
    let first = model.handlers.iter().find_map(Handler::transaction);
    let arguments = arguments.iter().map(|argument| match argument {
        Argument::Event(_) => quote!(#es::__private::subscribed::<#taken, #payload>(event)),
        Argument::Transaction(ty) => {
            quote!(#es::__private::transacting::<#ty, #first>(transaction))
        }
        Argument::Header => quote!(header),
        Argument::Position => quote!(at),
    });
    let awaited = handler.is_async.then(|| quote!(.await));
    let span = Span::call_site().located_at(handler.outcome);
    let call = quote_spanned!(span=> self.#ident(#(#arguments),*)#awaited);
    quote! {
        #(#cfgs)*
        #event::#ident(event) => #es::__private::Outcome::into_result(#call),
    }
}

/// What is seen only where the types are known.
fn checks(model: &Model) -> TokenStream {
    let handlers = model
        .handlers
        .iter()
        .map(|handler| handler_check(model, handler));
    let coverage = model
        .aggregates
        .iter()
        .enumerate()
        .filter(|_| model.others == Others::Refused)
        .map(|(at, aggregate)| coverage_check(model, at, aggregate));
    quote!(#(#handlers)* #(#coverage)*)
}

fn handler_check(model: &Model, handler: &Handler) -> TokenStream {
    let (es, any) = (&model.es, event_ident());
    let Handler { cfgs, event, .. } = handler;
    let probes = model
        .aggregates
        .iter()
        .map(|aggregate| probes(model, aggregate, handler));
    let span = Span::call_site().located_at(event.span());
    let text = "this is no event of the listed aggregates: add its aggregate to `aggregates(…)`, or remove the handler";
    let panic = quote_spanned!(span=> ::core::panic!(#text));
    quote! {
        #(#cfgs)*
        const _: () = {
            #es::__private::happens::<#event>();
            if #es::__private::is_foreign::<#any>(__SOURCES, &[#(#probes)*]) {
                #panic
            }
        };
    }
}

fn coverage_check(model: &Model, at: usize, aggregate: &Path) -> TokenStream {
    let (es, event, routes) = (&model.es, event_ident(), routes_ident(at));
    let span = Span::call_site().located_at(aggregate.span());
    let panic = quote_spanned!(span=> ::core::panic!("{}", fault.as_str()));
    quote! {
        const _: () = if let ::core::option::Option::Some(fault) =
            #es::__private::unhandled::<#aggregate, #event>(#routes)
        {
            #panic
        };
    }
}
