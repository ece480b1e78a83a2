//! Attributes of annotated items: filters, derives, and duplicates of our own macros.

use proc_macro2::Ident;
use syn::punctuated::Punctuated;
use syn::{Attribute, Path, Token};

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
