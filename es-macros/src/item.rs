//! What the macros ask of the item below them.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::parse::ParseStream;
use syn::{Attribute, Ident, Item, Path, Type, TypePath};

use crate::errors::Errors;
use crate::options::Options;

/// Where expansions find the library.
pub(crate) fn library(options: &Options, errors: &mut Errors) -> TokenStream {
    match options.path("crate") {
        None => quote!(::es),
        // serde takes the path as text, in which `$crate` means nothing.
        Some(path)
            if path
                .segments
                .iter()
                .any(|segment| segment.ident == "$crate") =>
        {
            errors.at(
                path,
                "`$crate` cannot stand here: write the path of the library out",
            );
            quote!(::es)
        }
        Some(path) => path.to_token_stream(),
    }
}

/// The path of what expansions use, as text, which is how serde's options take paths.
pub(crate) fn private_path(es: &TokenStream) -> String {
    let tokens = es.clone().into_iter();
    let path: String = tokens.map(|token| token.to_string()).collect();
    format!("{path}::__private")
}

/// Where serde is.
pub(crate) fn serde_path(es: &TokenStream) -> String {
    format!("{}::serde", private_path(es))
}

pub(crate) fn is_named(path: &Path, name: &str) -> bool {
    path.segments
        .last()
        .is_some_and(|segment| segment.ident == name)
}

pub(crate) fn with_path(attributes: &[Attribute], name: &str) -> Vec<Attribute> {
    attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident(name))
        .cloned()
        .collect()
}

/// The last identifiers of the derives that stand below the macro.
pub(crate) fn derives(attributes: &[Attribute]) -> Vec<Ident> {
    let paths = attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("derive"));
    let parse = syn::punctuated::Punctuated::<Path, syn::Token![,]>::parse_terminated;
    let paths = paths.filter_map(|attribute| attribute.parse_args_with(parse).ok());
    paths
        .flatten()
        .filter_map(|mut path| path.segments.pop().map(|last| last.ident))
        .collect()
}

/// Reports a second macro of ours on one item, and takes it away.
pub(crate) fn check_single(attributes: &mut Vec<Attribute>, this: &str, errors: &mut Errors) {
    attributes.retain(|attribute| {
        let other = ["aggregate", "entity", "event"]
            .into_iter()
            .find(|name| is_named(attribute.path(), name));
        match other {
            None => return true,
            Some(other) if other == this => {
                errors.at(attribute, format!("`#[{this}]` is there twice: keep one"));
            }
            Some(_) => errors.at(
                attribute,
                "a struct is an aggregate, an entity or an event, one of them: keep one",
            ),
        }
        false
    });
}

/// What an item is that is no struct.
pub(crate) fn kind(item: &Item) -> (&'static str, TokenStream) {
    match item {
        Item::Enum(item) => ("an enum", item.enum_token.to_token_stream()),
        Item::Union(item) => ("a union", item.union_token.to_token_stream()),
        Item::Trait(item) => ("a trait", item.trait_token.to_token_stream()),
        Item::Fn(item) => ("a function", item.sig.fn_token.to_token_stream()),
        Item::Impl(item) => ("an impl block", item.impl_token.to_token_stream()),
        Item::Mod(item) => ("a module", item.mod_token.to_token_stream()),
        Item::Type(item) => ("a type alias", item.type_token.to_token_stream()),
        other => ("something else", other.to_token_stream()),
    }
}

/// Takes derives of certain names away, and gives them back.
pub(crate) fn take_derives(attributes: &mut [Attribute], names: &[&str]) -> Vec<Path> {
    let mut taken = Vec::new();
    for attribute in attributes
        .iter_mut()
        .filter(|attribute| attribute.path().is_ident("derive"))
    {
        let parse = syn::punctuated::Punctuated::<Path, syn::Token![,]>::parse_terminated;
        let Ok(paths) = attribute.parse_args_with(parse) else {
            continue;
        };
        let (out, kept): (Vec<_>, Vec<_>) = paths
            .into_iter()
            .partition(|path| names.iter().any(|name| is_named(path, name)));
        if !out.is_empty() {
            *attribute = syn::parse_quote!(#[derive(#(#kept),*)]);
            taken.extend(out);
        }
    }
    taken
}

/// The type without the invisible group that `macro_rules` put around it.
pub(crate) fn ungrouped(ty: &Type) -> &Type {
    match ty {
        Type::Group(group) => ungrouped(&group.elem),
        other => other,
    }
}

/// Reads the path of a type or a module, without parameters.
pub(crate) fn parse_path(input: ParseStream<'_>) -> syn::Result<Path> {
    let ty: Type = input.parse()?;
    match ungrouped(&ty) {
        Type::Path(TypePath {
            qself: None, path, ..
        }) if path
            .segments
            .iter()
            .all(|segment| segment.arguments.is_none()) =>
        {
            Ok(path.clone())
        }
        other => Err(syn::Error::new_spanned(other, "not a path")),
    }
}
