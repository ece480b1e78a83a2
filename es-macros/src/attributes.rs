//! Attributes of annotated items: filters, derives, and duplicates of our own macros.

use proc_macro2::Ident;
use syn::punctuated::Punctuated;
use syn::{Attribute, ItemStruct, Meta, Path, Token};

use crate::errors::Errors;
use crate::types::ends_with;

/// Returns the attributes with the given one-word path, such as `cfg`.
pub(crate) fn named(attributes: &[Attribute], name: &str) -> Vec<Attribute> {
    attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident(name))
        .cloned()
        .collect()
}

/// Returns the names of the traits that the given attributes derive.
pub(crate) fn derived_traits(attributes: &[Attribute]) -> Vec<Ident> {
    let derives = attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("derive"));
    derives
        .filter_map(derive_paths)
        .flatten()
        .filter_map(|mut path| path.segments.pop().map(|last| last.ident))
        .collect()
}

/// Removes the derives of the named traits, and returns their paths.
pub(crate) fn take_derives(attributes: &mut [Attribute], names: &[&str]) -> Vec<Path> {
    let mut taken = Vec::new();
    let derives = attributes
        .iter_mut()
        .filter(|attribute| attribute.path().is_ident("derive"));
    for attribute in derives {
        let Some(paths) = derive_paths(attribute) else {
            continue;
        };
        let (removed, kept): (Vec<_>, Vec<_>) = paths
            .into_iter()
            .partition(|path| names.iter().any(|name| ends_with(path, name)));
        if !removed.is_empty() {
            *attribute = syn::parse_quote!(#[derive(#(#kept),*)]);
            taken.extend(removed);
        }
    }
    taken
}

/// Returns the paths in a `derive`. The compiler reports a `derive` that cannot be parsed.
fn derive_paths(attribute: &Attribute) -> Option<Punctuated<Path, Token![,]>> {
    attribute.parse_args_with(Punctuated::parse_terminated).ok()
}

/// Returns the path of the first attribute of the given names inside a `cfg_attr`. The compiler
/// resolves a `cfg_attr` after the macro has run.
pub(crate) fn inside_cfg_attr(attribute: &Attribute, names: &[&str]) -> Option<Path> {
    find_inside_cfg_attr(&attribute.meta, names)
}

fn find_inside_cfg_attr(meta: &Meta, names: &[&str]) -> Option<Path> {
    let Meta::List(list) = meta else {
        return None;
    };
    if !list.path.is_ident("cfg_attr") {
        return None;
    }
    let metas = list
        .parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated)
        .ok()?;
    metas.iter().skip(1).find_map(|meta| {
        let is_named = names.iter().any(|name| meta.path().is_ident(name));
        is_named
            .then(|| meta.path().clone())
            .or_else(|| find_inside_cfg_attr(meta, names))
    })
}

/// Reports and removes attribute macros of `serde_with` below our macro. They run after it and add
/// serde attributes that it does not see.
pub(crate) fn check_serde_with(item: &mut ItemStruct, this: &str, errors: &mut Errors) {
    let before = item.attrs.len();
    item.attrs.retain(|attribute| {
        let path = attribute.path();
        let is_macro = ["serde_as", "skip_serializing_none"]
            .iter()
            .any(|name| ends_with(path, name));
        let first = path.segments.first();
        if !is_macro && first.is_none_or(|first| first.ident != "serde_with") {
            return true;
        }
        errors.at(
            path,
            format!(
                "this attribute adds serde options after `{this}` has read them: write it above \
                 `{this}`"
            ),
        );
        false
    });
    if item.attrs.len() == before {
        return;
    }
    // Without the macro, its marks on fields would be reported as unknown.
    for field in &mut item.fields {
        field
            .attrs
            .retain(|attribute| !attribute.path().is_ident("serde_as"));
    }
}

/// Reports and removes a second `#[aggregate]`, `#[entity]` or `#[event]` on one item.
pub(crate) fn check_single_macro(attributes: &mut Vec<Attribute>, this: &str, errors: &mut Errors) {
    attributes.retain(|attribute| {
        let other = ["aggregate", "entity", "event"]
            .into_iter()
            .find(|name| ends_with(attribute.path(), name));
        match other {
            None => return true,
            Some(other) if other == this => {
                errors.at(attribute, format!("`#[{this}]` is repeated: remove one"));
            }
            Some(other) => errors.at(
                attribute,
                format!("a struct cannot be both `#[{this}]` and `#[{other}]`: remove one"),
            ),
        }
        false
    });
}
