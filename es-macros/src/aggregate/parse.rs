use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::{Fields, Item, ItemStruct};

use super::Entry;
use crate::errors::Errors;
use crate::item;
use crate::options::{Known, Options, Shape, Table};

const EVENTS: Known = Known {
    name: "events",
    shape: Shape::List,
    usage: "events(SomethingHappened)",
};
const TOPIC: Known = Known {
    name: "topic",
    shape: Shape::Text,
    usage: "topic = \"worlds#World\"",
};
const BASE: Known = Known {
    name: "base",
    shape: Shape::Text,
    usage: "base = \"worlds#World\"",
};
const WAS: Known = Known {
    name: "was",
    shape: Shape::TextBuffer,
    usage: "was(\"old#World\")",
};
const INTEGRITY: Known = Known {
    name: "integrity",
    shape: Shape::Name,
    usage: "integrity = off",
};
const SNAPSHOT: Known = Known {
    name: "snapshot",
    shape: Shape::Flag,
    usage: "snapshot",
};
const CRATE: Known = Known {
    name: "crate",
    shape: Shape::Path,
    usage: "crate = path::to::es",
};
const VERSIONED: Known = Known {
    name: "versioned",
    shape: Shape::Flag,
    usage: "versioned",
};
const TIMESTAMPED: Known = Known {
    name: "timestamped",
    shape: Shape::Flag,
    usage: "timestamped",
};

const ELSEWHERE: &[(&str, &str)] = &[
    ("name", "#[event]` and of `#[attribute]"),
    ("setter", "#[attribute]"),
    ("getter", "#[attribute]"),
    ("skip", "#[attribute]"),
    ("default", "#[attribute]"),
];

const AGGREGATE: Table = Table {
    owner: Entry::Aggregate.attribute(),
    known: &[EVENTS, TOPIC, BASE, WAS, SNAPSHOT, INTEGRITY, CRATE],
    elsewhere: ELSEWHERE,
    needless: &[
        ("versioned", "the events of every aggregate have versions"),
        ("timestamped", "the events of every aggregate have times"),
    ],
};

const ENTITY: Table = Table {
    owner: Entry::Entity.attribute(),
    known: &[
        VERSIONED,
        TIMESTAMPED,
        EVENTS,
        TOPIC,
        BASE,
        WAS,
        SNAPSHOT,
        INTEGRITY,
        CRATE,
    ],
    elsewhere: ELSEWHERE,
    needless: &[],
};

pub(super) struct Parsed {
    pub(super) entry: Entry,
    pub(super) options: Options,
    pub(super) item: ItemStruct,
}

/// The parts; else what remains of an item that cannot be an aggregate.
pub(super) fn parse(
    entry: Entry,
    arguments: TokenStream,
    tokens: TokenStream,
    errors: &mut Errors,
) -> Result<Parsed, TokenStream> {
    let (attribute, table) = (entry.attribute(), table(entry));
    let options = Options::parse(table, arguments, errors);
    match syn::parse2(tokens.clone()) {
        Ok(Item::Struct(item)) => of_struct(entry, options, item, errors),
        Ok(other) => {
            let (kind, token) = item::kind(&other);
            errors.at(
                token,
                format!(
                    "`{attribute}` stands above a struct with named fields, and this is {kind}: move it above a struct"
                ),
            );
            Err(other.into_token_stream())
        }
        Err(error) => {
            errors.at_span(
                error.span(),
                format!("`{attribute}` stands above a struct with named fields: {error}"),
            );
            Err(tokens)
        }
    }
}

const fn table(entry: Entry) -> &'static Table {
    match entry {
        Entry::Aggregate => &AGGREGATE,
        Entry::Entity => &ENTITY,
    }
}

fn of_struct(
    entry: Entry,
    options: Options,
    mut item: ItemStruct,
    errors: &mut Errors,
) -> Result<Parsed, TokenStream> {
    item::check_single(&mut item.attrs, entry.word(), errors);
    super::check::check_struct(entry, &mut item, errors);
    let generics = &item.generics;
    if generics.params.is_empty()
        && generics.where_clause.is_none()
        && !matches!(item.fields, Fields::Unnamed(_))
    {
        return Ok(Parsed {
            entry,
            options,
            item,
        });
    }
    let without_marks = item.fields.iter_mut().map(|field| &mut field.attrs);
    without_marks
        .for_each(|attributes| attributes.retain(|attribute| !super::fields::is_ours(attribute)));
    Err(item.into_token_stream())
}
