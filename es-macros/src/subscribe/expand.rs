//! The expansion of a handler: the function, and a type of the same name that implements `Handler`.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::ReturnType;
use syn::spanned::Spanned;

use super::model::Model;

pub(super) fn expand(model: &Model) -> TokenStream {
    let Model {
        es,
        item,
        cfgs,
        event,
        argument,
        ..
    } = model;
    let (ident, vis) = (&item.sig.ident, &item.vis);
    let docs = format!(" The handler type of [`{ident}()`], for registration on a `Bus`.");
    let (ty, state) = if model.is_callable {
        let state = model.state.clone().unwrap_or_else(|| quote!(()));
        (argument, state)
    } else {
        (event, quote!(()))
    };
    let body = handle_body(model);
    let checks = type_checks(model);
    // A struct with braces is in the type namespace only, so the function keeps the name in the
    // value namespace.
    quote! {
        #item
        #(#cfgs)*
        #[doc = #docs]
        #[allow(dead_code, non_camel_case_types, missing_debug_implementations)]
        #vis struct #ident {}
        #(#cfgs)*
        #[automatically_derived]
        impl #es::__private::Handler for #ident {
            type Event = #ty;
            type State = #state;
            #[allow(unused_variables)]
            fn __handle(
                state: &::std::sync::Arc<#state>,
                header: &#es::__private::EventHeader,
                event: &#ty,
            ) -> #es::__private::Handled {
                #body
            }
        }
        #checks
    }
}

/// Calls with trait bounds. The compiler reports a type that is not an event, and an argument of
/// another type than the event.
fn type_checks(model: &Model) -> Option<TokenStream> {
    let Model {
        es,
        cfgs,
        event,
        argument,
        ..
    } = model;
    model.is_callable.then(|| {
        quote! {
            #(#cfgs)*
            const _: () = {
                #es::__private::happens::<#event>();
                #es::__private::subscribes::<#argument, #event>();
            };
        }
    })
}

fn handle_body(model: &Model) -> TokenStream {
    let (es, signature) = (&model.es, &model.item.sig);
    if !model.is_callable {
        return quote!(#es::__private::Handled::now(()));
    }
    let state = model.state.is_some().then(|| quote!(state));
    let header = model.takes_header.then(|| quote!(header));
    let arguments: Vec<_> = state
        .into_iter()
        .chain(header)
        .chain([quote!(event)])
        .collect();
    let ident = &signature.ident;
    // The compiler reports a wrong return type at the span of the call.
    let span = match &signature.output {
        ReturnType::Default => ident.span(),
        ReturnType::Type(_, ty) => ty.span(),
    };
    let span = Span::call_site().located_at(span);
    if signature.asyncness.is_none() {
        let call = quote_spanned!(span=> #ident(#(#arguments),*));
        return quote!(#es::__private::Handled::now(#call));
    }
    // The future outlives the call, so it owns clones of the arguments.
    let call = quote_spanned!(span=> async move { #ident(#(&#arguments),*).await });
    quote! {
        #(let #arguments = ::core::clone::Clone::clone(#arguments);)*
        #es::__private::Handled::later(#call)
    }
}
