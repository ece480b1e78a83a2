//! Documentation of generated items, as users read it in their rustdoc.

use proc_macro2::TokenStream;
use quote::quote;

use crate::aggregate::fields::AggregateField;

/// Returns documentation of the given lines.
pub(super) fn lines(lines: &[String]) -> TokenStream {
    let lines = lines.iter().map(|line| match line.as_str() {
        "" => String::new(),
        line => format!(" {line}"),
    });
    quote!(#(#[doc = #lines])*)
}

/// Returns the user's documentation of a field, or the given sentence if there is none.
pub(super) fn of_field_or(field: &AggregateField, sentence: String) -> TokenStream {
    if field.docs.is_empty() {
        return lines(&[sentence]);
    }
    let docs = &field.docs;
    quote!(#(#docs)*)
}
