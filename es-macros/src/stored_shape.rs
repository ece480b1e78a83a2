//! The stored shape of a payload: its keys and types as text. `topics.lock` files are made of these
//! shapes, for review.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::{Field, Type};

use crate::attributes;
use crate::serde_attributes::SerdeAttributes;

/// Returns the shape of a payload with the given stored fields.
pub(crate) fn from_fields<'a>(
    es: &TokenStream,
    container: &SerdeAttributes,
    fields: impl IntoIterator<Item = &'a Field>,
) -> TokenStream {
    let fields: Vec<_> = match container.conversion_type() {
        Some(other) => {
            let ty = format!("as {other}");
            vec![quote!(#es::__private::Field::new("*", #ty))]
        }
        None => fields
            .into_iter()
            .filter_map(|field| field_shape(es, container, field))
            .collect(),
    };
    quote! {
        ::core::option::Option::Some(&#es::__private::Shape::new(&[#(#fields),*]))
    }
}

fn field_shape(
    es: &TokenStream,
    container: &SerdeAttributes,
    field: &Field,
) -> Option<TokenStream> {
    let serde = SerdeAttributes::from_attributes(&field.attrs);
    let name = serde.stored_key(container, field)?;
    let ty = format!("{}{}", type_text(&field.ty), serde.serializer_text());
    let cfgs = attributes::named(&field.attrs, "cfg");
    let aliases = serde.aliases();
    let was = (!aliases.is_empty()).then(|| quote!(.was(&[#(#aliases),*])));
    let default = serde
        .may_be_absent(container, &field.ty)
        .then(|| quote!(.with_default()));
    Some(quote!(#(#cfgs)* #es::__private::Field::new(#name, #ty) #was #default))
}

/// Returns the text of a type on one line, formatted as rustfmt does.
pub(crate) fn type_text(ty: &Type) -> String {
    let mut out = String::new();
    write(ty.to_token_stream(), &mut out);
    out
}

fn write(tokens: TokenStream, out: &mut String) {
    for token in tokens {
        match token {
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    Delimiter::Parenthesis => ("(", ")"),
                    Delimiter::Brace => ("{", "}"),
                    Delimiter::Bracket => ("[", "]"),
                    Delimiter::None => ("", ""),
                };
                out.push_str(open);
                write(group.stream(), out);
                out.push_str(close);
            }
            TokenTree::Punct(punct) => match punct.as_char() {
                mark @ (',' | ';') => out.extend([mark, ' ']),
                mark @ ('+' | '=') => out.extend([' ', mark, ' ']),
                mark => out.push(mark),
            },
            word => {
                if out.ends_with(|last: char| last.is_alphanumeric() || last == '_') {
                    out.push(' ');
                }
                out.push_str(&word.to_string());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::type_text;

    #[test]
    fn types_are_written_as_rustfmt_does() {
        for text in [
            "String",
            "Option<Vec<(String, u64)>>",
            "std::collections::BTreeMap<u8, [u8; 32]>",
            "Box<dyn Send + Sync>",
        ] {
            assert_eq!(type_text(&syn::parse_str(text).unwrap()), text);
        }
    }
}
