use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::{Fields, Item, ItemStruct};

use crate::errors::Errors;
use crate::item;
use crate::options::{Known, Options, Shape, Table};

const TABLE: Table = Table {
    owner: "#[aggregate]",
    known: &[
        Known {
            name: "events",
            shape: Shape::List,
            usage: "events(SomethingHappened)",
        },
        Known {
            name: "topic",
            shape: Shape::Text,
            usage: "topic = \"worlds#World\"",
        },
        Known {
            name: "base",
            shape: Shape::Text,
            usage: "base = \"worlds#World\"",
        },
        Known {
            name: "was",
            shape: Shape::Texts,
            usage: "was(\"old#World\")",
        },
        Known {
            name: "snapshot",
            shape: Shape::Flag,
            usage: "snapshot",
        },
        Known {
            name: "crate",
            shape: Shape::Path,
            usage: "crate = path::to::es",
        },
    ],
    elsewhere: &[
        ("name", "#[event]` and of `#[attribute]"),
        ("setter", "#[attribute]"),
        ("getter", "#[attribute]"),
        ("skip", "#[attribute]"),
        ("default", "#[attribute]"),
    ],
};

pub(super) struct Parsed {
    pub(super) options: Options,
    pub(super) item: ItemStruct,
}

/// The parts; else what remains of an item that cannot be an aggregate.
pub(super) fn parse(
    arguments: TokenStream,
    tokens: TokenStream,
    errors: &mut Errors,
) -> Result<Parsed, TokenStream> {
    let options = Options::parse(&TABLE, arguments, errors);
    match syn::parse2(tokens.clone()) {
        Ok(Item::Struct(item)) => of_struct(options, item, errors),
        Ok(other) => {
            let (kind, token) = item::kind(&other);
            errors.at(
                token,
                format!(
                    "`#[aggregate]` stands above a struct with named fields, and this is {kind}: move it above a struct"
                ),
            );
            Err(other.into_token_stream())
        }
        Err(error) => {
            errors.at_span(
                error.span(),
                format!("`#[aggregate]` stands above a struct with named fields: {error}"),
            );
            Err(tokens)
        }
    }
}

fn of_struct(
    options: Options,
    mut item: ItemStruct,
    errors: &mut Errors,
) -> Result<Parsed, TokenStream> {
    item::check_single(&mut item.attrs, "aggregate", errors);
    super::check::check_struct(&mut item, errors);
    let generics = &item.generics;
    if generics.params.is_empty()
        && generics.where_clause.is_none()
        && !matches!(item.fields, Fields::Unnamed(_))
    {
        return Ok(Parsed { options, item });
    }
    let without_marks = item.fields.iter_mut().map(|field| &mut field.attrs);
    without_marks
        .for_each(|attributes| attributes.retain(|attribute| !super::fields::is_ours(attribute)));
    Err(item.into_token_stream())
}
