//! The stored shape of a payload, as it is written: what a reviewed file of all stored names and shapes is made of.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::{Field, Type};

use crate::serde_attributes::Serde;

/// The shape of a payload, whose fields are those that are stored in it.
pub(crate) fn of<'a>(
    es: &TokenStream,
    container: &Serde,
    fields: impl IntoIterator<Item = &'a Field>,
) -> TokenStream {
    let fields: Vec<_> = match container.conversion() {
        Some(other) => {
            let form = format!("as {other}");
            vec![quote!(#es::__private::Field::new("*", #form))]
        }
        None => fields
            .into_iter()
            .filter_map(|field| one(es, container, field))
            .collect(),
    };
    quote! {
        ::core::option::Option::Some(&#es::__private::Shape::new(&[#(#fields),*]))
    }
}

fn one(es: &TokenStream, container: &Serde, field: &Field) -> Option<TokenStream> {
    let serde = Serde::of(&field.attrs);
    let name = serde.stored_key(container, field)?;
    let ty = format!("{}{}", type_text(&field.ty), serde.form_text());
    let cfgs = crate::item::with_path(&field.attrs, "cfg");
    let was = serde.aliases();
    let was = (!was.is_empty()).then(|| quote!(.was(&[#(#was),*])));
    let default = serde
        .may_be_absent(container, &field.ty)
        .then(|| quote!(.with_default()));
    Some(quote!(#(#cfgs)* #es::__private::Field::new(#name, #ty) #was #default))
}

/// A type as rustfmt would write it, on one line.
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
