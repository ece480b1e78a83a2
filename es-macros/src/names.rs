//! Identifiers that are made from other identifiers.

use proc_macro2::{Ident, Span};
use quote::format_ident;
use syn::ext::IdentExt;

/// Returns the text of an identifier without `r#`.
pub(crate) fn text(ident: &Ident) -> String {
    ident.unraw().to_string()
}

/// Returns the identifier with a suffix, such as `WorldEvent`.
pub(crate) fn suffixed(ident: &Ident, suffix: &str) -> Ident {
    format_ident!("{}{suffix}", ident.unraw(), span = ident.span())
}

/// Returns the identifier with a prefix, such as `set_ruler`.
pub(crate) fn prefixed(prefix: &str, ident: &Ident) -> Ident {
    format_ident!("{prefix}{}", ident.unraw(), span = ident.span())
}

/// Returns the variant name of a field: `RuledSince` for `ruled_since`.
pub(crate) fn variant(field: &Ident) -> Ident {
    let name: String = text(field).split('_').map(capitalized).collect();
    let starts_with_letter = name.starts_with(|c: char| c.is_alphabetic());
    let name = match name.as_str() {
        "Self" => "Self_".to_owned(),
        _ if starts_with_letter => name,
        _ => format!("Attribute{name}"),
    };
    identifier(&name, field.span())
}

/// Converts text into an identifier. Text that is not an identifier becomes `Attribute`.
pub(crate) fn identifier(text: &str, span: Span) -> Ident {
    let ident = syn::parse_str::<Ident>(text);
    let mut ident = ident.unwrap_or_else(|_| format_ident!("Attribute"));
    ident.set_span(span);
    ident
}

fn capitalized(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}

#[cfg(test)]
mod tests {
    use syn::parse_quote;

    use super::variant;

    #[test]
    fn variants_are_named_after_fields() {
        let named = |field| variant(&field).to_string();
        assert_eq!(named(parse_quote!(ruler)), "Ruler");
        assert_eq!(named(parse_quote!(ruled_since)), "RuledSince");
        assert_eq!(named(parse_quote!(r#type)), "Type");
        assert_eq!(named(parse_quote!(self_)), "Self_");
        assert_eq!(named(parse_quote!(_1)), "Attribute1");
        assert_eq!(named(parse_quote!(__)), "Attribute");
        assert_eq!(named(parse_quote!(größe)), "Größe");
    }
}
