use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;
use syn::Type;

use super::created::docs_of;
use crate::aggregate::fields::{Part, Settings};
use crate::aggregate::model::Model;
use crate::{item, names};

/// The methods of the struct itself.
pub(super) fn item(model: &Model) -> TokenStream {
    let aggregate = &model.item.ident;
    let create = create(model);
    let accessors = model.parts.iter().filter_map(|part| {
        part.settings()
            .map(|settings| accessors(model, part, settings))
    });
    quote! {
        #[allow(dead_code, clippy::too_many_arguments)]
        impl #aggregate {
            #create
            #(#accessors)*
        }
    }
}

fn create(model: &Model) -> TokenStream {
    let Model {
        es,
        names,
        item: structure,
        ..
    } = model;
    let (created, vis) = (&names.created, &structure.vis);
    let parameters: Vec<_> = model
        .arguments()
        .map(|part| {
            let (cfgs, ident, ty) = (&part.cfgs, &part.ident, parameter(part.ty()));
            quote!(#(#cfgs)* #ident: #ty)
        })
        .collect();
    let arguments = model
        .arguments()
        .map(|Part { cfgs, ident, .. }| quote!(#(#cfgs)* #ident));
    let fields = model.arguments().map(|part| {
        let (cfgs, ident, value) = (&part.cfgs, &part.ident, value(part, &part.ident));
        quote!(#(#cfgs)* #ident: #value)
    });
    // Of its own scope, so that no field can have its name.
    let id = Ident::new("id", Span::mixed_site());
    quote! {
        /// Creates it with a new id; its first event is pending then.
        ///
        /// # Errors
        ///
        /// An argument that cannot be stored.
        #vis fn create(#(#parameters),*) -> #es::__private::Result<Self> {
            Self::create_with(#es::__private::new_id(), #(#arguments),*)
        }

        /// Creates it with the given id; its first event is pending then.
        ///
        /// # Errors
        ///
        /// An argument that cannot be stored.
        #vis fn create_with(#id: #es::__private::Uuid, #(#parameters),*) -> #es::__private::Result<Self> {
            #es::__private::create(#id, #created { #(#fields),* })
        }
    }
}

fn accessors(model: &Model, part: &Part, settings: &Settings) -> TokenStream {
    let Model {
        es,
        names,
        item: structure,
        ..
    } = model;
    let (vis, attribute) = (&structure.vis, &names.attribute);
    let Part { ident, cfgs, .. } = part;
    let (docs, ty, variant) = (docs_of(part), part.ty(), &settings.variant);
    let getter = settings.getter.as_ref().map(|getter| {
        quote! {
            #(#cfgs)*
            #docs
            #vis fn #getter(&self) -> &#ty {
                &self.#ident
            }
        }
    });
    let setter = settings.setter.as_ref().map(|setter| {
        let (ty, value) = (parameter(ty), value(part, &quote!(value)));
        let docs = format!(
            " Changes `{}`, by an event that is pending then.",
            names::text(ident)
        );
        quote! {
            #(#cfgs)*
            #[doc = #docs]
            ///
            /// # Errors
            ///
            /// It was discarded, or the value cannot be stored; nothing has changed then.
            #vis fn #setter(&mut self, value: #ty) -> #es::__private::Result<()> {
                #es::__private::Aggregate::trigger(self, #attribute::#variant(#value))
            }
        }
    });
    quote!(#getter #setter)
}

/// What an argument for a field takes: strings are made of what the caller has.
fn parameter(ty: &Type) -> TokenStream {
    if is_string(ty) {
        quote!(impl ::core::convert::Into<#ty>)
    } else {
        quote!(#ty)
    }
}

fn value(part: &Part, argument: &impl quote::ToTokens) -> TokenStream {
    if is_string(part.ty()) {
        quote!(::core::convert::Into::into(#argument))
    } else {
        quote!(#argument)
    }
}

fn is_string(ty: &Type) -> bool {
    let Type::Path(path) = item::ungrouped(ty) else {
        return false;
    };
    let names: Vec<_> = path
        .path
        .segments
        .iter()
        .map(|segment| segment.ident.to_string())
        .collect();
    let names: Vec<_> = names.iter().map(String::as_str).collect();
    let is_plain = path.qself.is_none()
        && path
            .path
            .segments
            .iter()
            .all(|segment| segment.arguments.is_none());
    is_plain
        && matches!(
            names[..],
            ["String"] | ["std" | "alloc", "string", "String"]
        )
}
