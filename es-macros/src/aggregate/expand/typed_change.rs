use proc_macro2::TokenStream;
use quote::quote;

use super::created::docs_of;
use super::payload_derives;
use crate::aggregate::fields::{Part, Settings};
use crate::aggregate::model::Model;
use crate::{item, names, serde_attributes};

/// The payload of `AttributeChanged`: an enum with a variant for each attribute.
pub(super) fn items(model: &Model) -> Vec<TokenStream> {
    vec![payload(model), mutate(model), event_of(model)]
}

fn attributes(model: &Model) -> impl Iterator<Item = (&Part, &Settings)> {
    model
        .parts
        .iter()
        .filter_map(|part| part.settings().map(|settings| (part, settings)))
}

fn payload(model: &Model) -> TokenStream {
    let Model {
        es, names, item, ..
    } = model;
    let (attribute, vis) = (&names.attribute, &item.vis);
    let docs = format!(
        " An attribute of [`{}`] and its new value.",
        names::text(&item.ident)
    );
    let (derives, serde) = (payload_derives(es), item::serde_path(es));
    let variants = attributes(model).map(|(part, settings)| {
        let (cfgs, docs, ty) = (&part.cfgs, docs_of(part), part.ty());
        let unread = serde_attributes::unread(es, &part.field);
        let Settings {
            stored_name,
            variant,
            forms,
            ..
        } = settings;
        quote!(#(#cfgs)* #docs #[serde(rename = #stored_name)] #variant(#forms #unread #ty))
    });
    quote! {
        #[doc = #docs]
        #derives
        #[serde(crate = #serde, tag = "name", content = "value")]
        #vis enum #attribute { #(#variants,)* }
    }
}

fn mutate(model: &Model) -> TokenStream {
    let Model {
        es, names, item, ..
    } = model;
    let (attribute, aggregate) = (&names.attribute, &item.ident);
    let arms = attributes(model).map(|(part, Settings { variant, .. })| {
        let (cfgs, ident) = (&part.cfgs, &part.ident);
        quote!(#(#cfgs)* Self::#variant(ref value) => ::core::clone::Clone::clone_from(&mut aggregate.#ident, value))
    });
    // By value, so that an enum without variants needs no arms.
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

fn event_of(model: &Model) -> TokenStream {
    let Model {
        es,
        names,
        item,
        base,
        ..
    } = model;
    let (attribute, event, aggregate) = (&names.attribute, &names.event, &item.ident);
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
