//! The expansion of a projection: the `impl`, and the impl of `Projection` that calls its handlers.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::Path;
use syn::spanned::Spanned;

use super::handler::{Argument, Handler};
use super::model::{Model, UnhandledEvents};

/// The enum of the handled events. The underscores keep it apart from the user's types.
const EVENT: &str = "__ProjectedEvent";

pub(super) fn expand(model: &Model) -> TokenStream {
    let Model { es, item, cfgs, .. } = model;
    let (enumeration, implementation) = (enumeration(model), implementation(model));
    let routes = model
        .aggregates
        .iter()
        .enumerate()
        .map(|(index, aggregate)| routes(model, index, aggregate));
    let sources = sources(model);
    let checks = model.is_valid.then(|| checks(model));
    // The generated code calls handlers as methods, so a handler takes `self` even if it does not
    // use it.
    quote! {
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

/// The enum of the handled events, with a variant named after each handler.
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

fn routes_ident(index: usize) -> Ident {
    format_ident!("__ROUTES_{index}")
}

/// The constant with the decoders of the handled events of an aggregate.
fn routes(model: &Model, index: usize, aggregate: &Path) -> TokenStream {
    let (es, ident, event) = (&model.es, routes_ident(index), event_ident());
    let probes = model
        .handlers
        .iter()
        .map(|handler| probes(model, aggregate, handler));
    quote! {
        const #ident: &[::core::option::Option<#es::__private::Route<#event>>] = &[#(#probes)*];
    }
}

/// The probes for the roles that a payload can have in an aggregate. The compiler selects by
/// traits, so that a payload without the role is `None` and not an error.
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
    let sources = model
        .aggregates
        .iter()
        .enumerate()
        .map(|(index, aggregate)| {
            let routes = routes_ident(index);
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

/// The match arm that calls a handler.
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
        Argument::RecordId => quote!(at),
    });
    let awaited = handler.is_async.then(|| quote!(.await));
    let span = Span::call_site().located_at(handler.return_span);
    let call = quote_spanned!(span=> self.#ident(#(#arguments),*)#awaited);
    quote! {
        #(#cfgs)*
        #event::#ident(event) => #es::__private::Outcome::into_result(#call),
    }
}

/// Checks that the compiler evaluates, because they depend on trait impls of the types.
fn checks(model: &Model) -> TokenStream {
    let handlers = model
        .handlers
        .iter()
        .map(|handler| handler_check(model, handler));
    let coverage = model
        .aggregates
        .iter()
        .enumerate()
        .filter(|_| model.unhandled == UnhandledEvents::Refused)
        .map(|(index, aggregate)| coverage_check(model, index, aggregate));
    quote!(#(#handlers)* #(#coverage)*)
}

/// Reports a handler of a type that is not an event of the listed aggregates.
fn handler_check(model: &Model, handler: &Handler) -> TokenStream {
    let (es, enumeration) = (&model.es, event_ident());
    let Handler { cfgs, event, .. } = handler;
    let probes = model
        .aggregates
        .iter()
        .map(|aggregate| probes(model, aggregate, handler));
    let span = Span::call_site().located_at(event.span());
    let text = "this is not an event of the listed aggregates: add its aggregate to \
                `aggregates(…)`, or remove the handler";
    let panic = quote_spanned!(span=> ::core::panic!(#text));
    quote! {
        #(#cfgs)*
        const _: () = {
            #es::__private::happens::<#event>();
            if #es::__private::is_foreign::<#enumeration>(__SOURCES, &[#(#probes)*]) {
                #panic
            }
        };
    }
}

/// Reports events of an aggregate without a handler, at its path in `aggregates(…)`.
fn coverage_check(model: &Model, index: usize, aggregate: &Path) -> TokenStream {
    let (es, event, routes) = (&model.es, event_ident(), routes_ident(index));
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
