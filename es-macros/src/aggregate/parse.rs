//! The parser of the annotation and the annotated struct.

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::{Fields, Item, ItemStruct};

use super::MacroName;
use crate::errors::Errors;
use crate::options::{OptionSpec, OptionTable, Options, ROUND_TRIP, ValueSyntax};
use crate::{attributes, item};

const EVENTS: OptionSpec =
    OptionSpec::new("events", ValueSyntax::List, "events(SomethingHappened)");
const TOPIC: OptionSpec = OptionSpec::new("topic", ValueSyntax::Text, "topic = \"worlds#World\"");
const BASE: OptionSpec = OptionSpec::new("base", ValueSyntax::Text, "base = \"worlds#World\"");
const WAS: OptionSpec = OptionSpec::new("was", ValueSyntax::Texts, "was(\"old#World\")");
const INTEGRITY: OptionSpec = OptionSpec::new("integrity", ValueSyntax::Name, "integrity = off");
const SNAPSHOT: OptionSpec = OptionSpec::new("snapshot", ValueSyntax::Flag, "snapshot");
const CRATE: OptionSpec = OptionSpec::new("crate", ValueSyntax::Path, "crate = path::to::es");
const VERSIONED: OptionSpec = OptionSpec::new("versioned", ValueSyntax::Flag, "versioned");
const TIMESTAMPED: OptionSpec = OptionSpec::new("timestamped", ValueSyntax::Flag, "timestamped");

const FOREIGN: &[(&str, &str)] = &[
    ("name", "#[event]` and of `#[attribute]"),
    ("setter", "#[attribute]"),
    ("getter", "#[attribute]"),
    ("skip", "#[attribute]"),
    ("default", "#[attribute]"),
];

const AGGREGATE: OptionTable = OptionTable {
    owner: MacroName::Aggregate.attribute(),
    options: &[
        EVENTS, TOPIC, BASE, WAS, SNAPSHOT, INTEGRITY, ROUND_TRIP, CRATE,
    ],
    foreign: FOREIGN,
    implied: &[
        (
            "versioned",
            "the events of an aggregate always have versions",
        ),
        (
            "timestamped",
            "the events of an aggregate always have timestamps",
        ),
    ],
};

const ENTITY: OptionTable = OptionTable {
    owner: MacroName::Entity.attribute(),
    options: &[
        VERSIONED,
        TIMESTAMPED,
        EVENTS,
        TOPIC,
        BASE,
        WAS,
        SNAPSHOT,
        INTEGRITY,
        ROUND_TRIP,
        CRATE,
    ],
    foreign: FOREIGN,
    implied: &[],
};

/// The options and the struct of an annotation.
pub(super) struct Parsed {
    pub(super) macro_name: MacroName,
    pub(super) options: Options,
    pub(super) item: ItemStruct,
}

/// Parses the annotation. The error is the item to emit if it cannot be an aggregate; the reason is
/// already reported.
pub(super) fn parse(
    macro_name: MacroName,
    arguments: TokenStream,
    tokens: TokenStream,
    errors: &mut Errors,
) -> Result<Parsed, TokenStream> {
    let (attribute, table) = (macro_name.attribute(), table(macro_name));
    let options = Options::parse(table, arguments, errors);
    match syn::parse2(tokens.clone()) {
        Ok(Item::Struct(item)) => parse_struct(macro_name, options, item, errors),
        Ok(other) => {
            let (kind, token) = item::describe(&other);
            errors.at(
                token,
                format!(
                    "`{attribute}` cannot annotate {kind}: write it above a struct with named \
                     fields"
                ),
            );
            Err(other.into_token_stream())
        }
        Err(error) => {
            errors.at_span(
                error.span(),
                format!("`{attribute}` must annotate a struct with named fields: {error}"),
            );
            Err(tokens)
        }
    }
}

const fn table(macro_name: MacroName) -> &'static OptionTable {
    match macro_name {
        MacroName::Aggregate => &AGGREGATE,
        MacroName::Entity => &ENTITY,
    }
}

fn parse_struct(
    macro_name: MacroName,
    options: Options,
    mut item: ItemStruct,
    errors: &mut Errors,
) -> Result<Parsed, TokenStream> {
    attributes::check_single_macro(&mut item.attrs, macro_name.noun(), errors);
    super::check::check_struct(macro_name, &mut item, errors);
    let generics = &item.generics;
    if generics.params.is_empty()
        && generics.where_clause.is_none()
        && !matches!(item.fields, Fields::Unnamed(_))
    {
        return Ok(Parsed {
            macro_name,
            options,
            item,
        });
    }
    for field in &mut item.fields {
        field
            .attrs
            .retain(|attribute| !super::fields::is_helper(attribute));
    }
    Err(item.into_token_stream())
}
