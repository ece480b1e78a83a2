//! The enum `…Attribute`: the payload of `AttributeChanged`, with a variant for each attribute.

use proc_macro2::TokenStream;
use quote::quote;

use super::{docs, payload_derives};
use crate::aggregate::fields::{AggregateField, AttributeSettings};
use crate::aggregate::model::Model;
use crate::{library_path, names, serde_attributes};

pub(super) fn items(model: &Model) -> Vec<TokenStream> {
    vec![payload(model), mutate_impl(model), event_of_impl(model)]
}

fn attributes(model: &Model) -> impl Iterator<Item = (&AggregateField, &AttributeSettings)> {
    model
        .fields
        .iter()
        .filter_map(|field| field.settings().map(|settings| (field, settings)))
}

fn payload(model: &Model) -> TokenStream {
    let Model {
        es,
        generated,
        item,
        ..
    } = model;
    let (attribute, vis) = (&generated.attribute, &item.vis);
    let docs = docs::lines(&[format!(
        "The payload of the `AttributeChanged` event of [`{}`]: an attribute and its new value.",
        names::text(&item.ident)
    )]);
    let (derives, serde) = (payload_derives(es), library_path::serde_path(es));
    let variants = attributes(model).map(|(field, settings)| {
        let sentence = format!("The new `{}`.", names::text(&field.ident));
        let (cfgs, docs, ty) = (&field.cfgs, docs::of_field_or(field, sentence), field.ty());
        let placeholder = serde_attributes::borrowed_placeholder(es, &field.syntax);
        let AttributeSettings {
            stored_name,
            variant,
            serializers,
            ..
        } = settings;
        quote! {
            #(#cfgs)* #docs #[serde(rename = #stored_name)] #variant(#serializers #placeholder #ty)
        }
    });
    quote! {
        #docs
        #derives
        #[serde(crate = #serde, tag = "name", content = "value")]
        #vis enum #attribute { #(#variants,)* }
    }
}

fn mutate_impl(model: &Model) -> TokenStream {
    let Model {
        es,
        generated,
        item,
        ..
    } = model;
    let (attribute, aggregate) = (&generated.attribute, &item.ident);
    let arms = attributes(model).map(|(field, AttributeSettings { variant, .. })| {
        let (cfgs, ident) = (&field.cfgs, &field.ident);
        quote!(#(#cfgs)* Self::#variant(ref value) => ::core::clone::Clone::clone_from(&mut aggregate.#ident, value))
    });
    // `match *self` is exhaustive without arms, if there are no attributes; `match self` is not.
    quote! {
        #[automatically_derived]
        impl #es::__private::Mutate<#aggregate> for #attribute {
            #[allow(unused_variables)]
            fn mutate(&self, aggregate: &mut #aggregate) {
                match *self { #(#arms,)* }
            }
        }
    }
}

fn event_of_impl(model: &Model) -> TokenStream {
    let Model {
        es,
        generated,
        item,
        base,
        ..
    } = model;
    let (attribute, event, aggregate) = (&generated.attribute, &generated.event, &item.ident);
    let topic = format!("{base}.AttributeChanged");
    quote! {
        #[automatically_derived]
        impl #es::__private::EventOf<#aggregate> for #attribute {
            type Status = #es::__private::Status<Self, false>;
            const OPS: #es::__private::Ops<#aggregate, Self> = #es::__private::library_ops(
                #topic,
                "AttributeChanged",
                #event::AttributeChanged,
                <Self as #es::__private::Mutate<#aggregate>>::mutate,
            );
        }
    }
}
