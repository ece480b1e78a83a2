//! The inherent methods of an aggregate: constructors, getters and setters.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote};
use syn::Type;

use super::docs;
use super::getter::Getter;
use crate::aggregate::fields::{AggregateField, AttributeSettings};
use crate::aggregate::model::Model;
use crate::{names, types};

pub(super) fn item(model: &Model) -> TokenStream {
    let aggregate = &model.item.ident;
    let constructors = constructors(model);
    let accessors = model.fields.iter().filter_map(|field| {
        let settings = field.settings()?;
        let getter = getter(model, field, settings);
        let setter = setter(model, field, settings);
        Some(quote!(#getter #setter))
    });
    quote! {
        #[allow(dead_code, clippy::too_many_arguments)]
        impl #aggregate {
            #constructors
            #(#accessors)*
        }
    }
}

fn constructors(model: &Model) -> TokenStream {
    let Model {
        es,
        generated,
        item,
        ..
    } = model;
    let (created, vis) = (&generated.created, &item.vis);
    let parameters: Vec<_> = model
        .arguments()
        .map(|field| {
            let (cfgs, ident, ty) = (&field.cfgs, &field.ident, parameter_type(field.ty()));
            quote!(#(#cfgs)* #ident: #ty)
        })
        .collect();
    let arguments = model
        .arguments()
        .map(|AggregateField { cfgs, ident, .. }| quote!(#(#cfgs)* #ident));
    let fields = model.arguments().map(|field| {
        let (cfgs, ident) = (&field.cfgs, &field.ident);
        let value = parameter_value(field.ty(), ident);
        quote!(#(#cfgs)* #ident: #value)
    });
    let create_docs = constructor_docs(model, "with a generated id");
    let create_with_docs = constructor_docs(model, "with the given id");
    // The hygiene of `mixed_site` keeps this parameter apart from a field named `id`.
    let id = Ident::new("id", Span::mixed_site());
    quote! {
        #create_docs
        #vis fn create(#(#parameters),*) -> #es::__private::Result<Self> {
            Self::create_with(#es::__private::new_id(), #(#arguments),*)
        }

        #create_with_docs
        #vis fn create_with(#id: #es::__private::Uuid, #(#parameters),*) -> #es::__private::Result<Self> {
            #es::__private::create(#id, #created { #(#fields),* })
        }
    }
}

fn constructor_docs(model: &Model, id: &str) -> TokenStream {
    let noun = model.macro_name.noun();
    let name = names::text(&model.item.ident);
    docs::lines(&[
        format!(
            "Creates a new `{name}` {id}. The `{name}Created` event is pending until the {noun} \
             is saved."
        ),
        String::new(),
        "# Errors".to_owned(),
        String::new(),
        "Returns `Error::InvalidEvent` if an argument cannot be stored and read back unchanged."
            .to_owned(),
    ])
}

fn getter(
    model: &Model,
    field: &AggregateField,
    settings: &AttributeSettings,
) -> Option<TokenStream> {
    let name = settings.getter.as_ref()?;
    let (vis, cfgs) = (&model.item.vis, &field.cfgs);
    let docs = docs::of_field_or(field, format!("Returns `{}`.", names::text(&field.ident)));
    let Getter { return_type, value } = Getter::new(&field.ident, field.ty());
    Some(quote! {
        #(#cfgs)*
        #docs
        #vis fn #name(&self) -> #return_type {
            #value
        }
    })
}

fn setter(
    model: &Model,
    field: &AggregateField,
    settings: &AttributeSettings,
) -> Option<TokenStream> {
    let name = settings.setter.as_ref()?;
    let (es, vis, cfgs) = (&model.es, &model.item.vis, &field.cfgs);
    let (attribute, variant) = (&model.generated.attribute, &settings.variant);
    let ty = parameter_type(field.ty());
    let value = parameter_value(field.ty(), &quote!(value));
    let docs = setter_docs(model, field);
    Some(quote! {
        #(#cfgs)*
        #docs
        #vis fn #name(&mut self, value: #ty) -> #es::__private::Result<()> {
            #es::__private::Aggregate::trigger(self, #attribute::#variant(#value))
        }
    })
}

fn setter_docs(model: &Model, field: &AggregateField) -> TokenStream {
    let (noun, name) = (model.macro_name.noun(), names::text(&field.ident));
    docs::lines(&[
        format!(
            "Triggers `AttributeChanged` to set `{name}`. The {noun} changes at once; the event is \
             pending until the {noun} is saved."
        ),
        String::new(),
        "# Errors".to_owned(),
        String::new(),
        format!(
            "Returns `Error::Discarded` if the {noun} is discarded, `Error::InvalidEvent` if the \
             value cannot be stored and read back unchanged, `Error::WithinMutate` if `mutate` calls \
             this method, and `Error::Broken` if `mutate` has panicked. The {noun} is then unchanged."
        ),
    ])
}

/// Returns the type of a parameter for a field. A `String` is taken as anything that converts into
/// it.
fn parameter_type(ty: &Type) -> TokenStream {
    if types::is_string(ty) {
        quote!(impl ::core::convert::Into<#ty>)
    } else {
        ty.to_token_stream()
    }
}

fn parameter_value(ty: &Type, parameter: &impl ToTokens) -> TokenStream {
    if types::is_string(ty) {
        quote!(::core::convert::Into::into(#parameter))
    } else {
        parameter.to_token_stream()
    }
}
