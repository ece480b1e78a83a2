//! The return type and the value of a getter, chosen by the type of its field.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::Type;
use syn::spanned::Spanned;

use crate::types;

/// The parts of a getter that depend on the type of its field.
pub(super) struct Getter {
    pub(super) return_type: TokenStream,
    pub(super) value: TokenStream,
}

impl Getter {
    /// Chooses the return type by the name of the type. A user's type may have one of these names.
    /// Values of `Copy` types are therefore cloned, and references rely on deref coercion, so that
    /// most such types compile. The compiler reports the others at the type of the field.
    pub(super) fn new(field: &Ident, ty: &Type) -> Self {
        // If `ty` comes from a `macro_rules` definition, `self` does not resolve at its span.
        let span = Span::call_site().located_at(ty.span());
        let mut field = field.clone();
        field.set_span(field.span().located_at(span));
        let reference = quote_spanned!(span=> &self.#field);
        if types::is_copy(ty) || types::option_value(ty).is_some_and(types::is_copy) {
            return Self {
                return_type: quote!(#ty),
                value: quote!(::core::clone::Clone::clone(#reference)),
            };
        }
        if let Some(target) = deref_target(ty) {
            return Self {
                return_type: quote!(&#target),
                value: reference,
            };
        }
        let Some(inner) = types::option_value(ty) else {
            return Self {
                return_type: quote!(&#ty),
                value: reference,
            };
        };
        let (target, convert) = match deref_target(inner) {
            Some(target) => (target, quote!(as_deref)),
            None => (quote!(#inner), quote!(as_ref)),
        };
        Self {
            return_type: quote!(::core::option::Option<&#target>),
            value: quote!(::core::option::Option::#convert(#reference)),
        }
    }
}

/// Returns the type that a getter borrows in place of an owned one: `str` for `String`, and `[T]`
/// for `Vec<T>`.
fn deref_target(ty: &Type) -> Option<TokenStream> {
    if types::is_string(ty) {
        return Some(quote!(::core::primitive::str));
    }
    types::vec_element(ty).map(|element| quote!([#element]))
}
