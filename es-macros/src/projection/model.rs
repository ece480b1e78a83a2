//! The model of a projection: all decisions that the expansion needs.

use proc_macro2::{Span, TokenStream};
use syn::parse::Parser;
use syn::spanned::Spanned;
use syn::{Attribute, ItemImpl, Path, Type};

use super::handler::{self, Handler};
use super::parse::Parsed;
use crate::errors::Errors;
use crate::options::{self, Options};
use crate::types::{parse_path, ungrouped};
use crate::{attributes, library_path, names};

/// The model of an annotated `impl`.
pub(super) struct Model {
    /// The path of the library.
    pub(super) es: TokenStream,
    /// The `impl` without `#[subscribe_to]`.
    pub(super) item: ItemImpl,
    pub(super) cfgs: Vec<Attribute>,
    pub(super) name: String,
    pub(super) aggregates: Vec<Path>,
    pub(super) handlers: Vec<Handler>,
    pub(super) unhandled: UnhandledEvents,
    /// The span of the type of the `impl`.
    pub(super) type_span: Span,
    /// True if there are no errors.
    pub(super) is_valid: bool,
}

/// The treatment of events without a handler.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum UnhandledEvents {
    Refused,
    Ignored,
}

impl Model {
    pub(super) fn new(parsed: Parsed, errors: &mut Errors) -> Self {
        let Parsed { options, mut item } = parsed;
        let handlers = handler::take_all(&mut item, errors);
        Self {
            es: library_path::from_options(&options, errors),
            cfgs: attributes::named(&item.attrs, "cfg"),
            name: name(&options, &item.self_ty, errors),
            aggregates: aggregates(&options, errors),
            handlers,
            unhandled: match options.keyword("ignore_others") {
                Some(_) => UnhandledEvents::Ignored,
                None => UnhandledEvents::Refused,
            },
            type_span: item.self_ty.span(),
            item,
            is_valid: false,
        }
    }
}

fn aggregates(options: &Options, errors: &mut Errors) -> Vec<Path> {
    let Some(keyword) = options.keyword("aggregates") else {
        errors.at_span(
            Span::call_site(),
            "the aggregates are missing: write `#[projection(aggregates(Account, Transfer))]`",
        );
        return Vec::new();
    };
    let parts = options::split(options.list("aggregates"), errors);
    if parts.is_empty() {
        errors.at(
            keyword,
            "a projection needs at least one aggregate: list it",
        );
    }
    parts
        .into_iter()
        .filter_map(|part| parse_aggregate(part, errors))
        .collect()
}

fn parse_aggregate(part: TokenStream, errors: &mut Errors) -> Option<Path> {
    let path = parse_path.parse2(part.clone());
    if path.is_err() {
        errors.at(
            part,
            "invalid aggregate: write the path of a type without generic arguments, such as \
             `Account`",
        );
    }
    path.ok()
}

/// Returns the name under which the position is stored. Default: the name of the type.
fn name(options: &Options, ty: &Type, errors: &mut Errors) -> String {
    if let Some(literal) = options.text("name") {
        let name = literal.value();
        if name.is_empty() || name.len() > MAX_NAME_BYTES {
            errors.at(
                literal,
                format!(
                    "the name of a projection must have 1 to {MAX_NAME_BYTES} bytes: choose \
                     another name"
                ),
            );
        }
        return name;
    }
    match ungrouped(ty) {
        Type::Path(path) => path
            .path
            .segments
            .last()
            .map(|last| names::text(&last.ident))
            .unwrap_or_default(),
        other => {
            errors.at(
                other,
                "a projection must be a type with a name: write the `impl` of a struct",
            );
            String::new()
        }
    }
}

/// The limit of the columns of all stores.
const MAX_NAME_BYTES: usize = 255;
