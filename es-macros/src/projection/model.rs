use proc_macro2::{Span, TokenStream};
use syn::parse::Parser;
use syn::spanned::Spanned;
use syn::{Attribute, ItemImpl, Path, Type};

use super::handler::{self, Handler};
use super::parse::Parsed;
use crate::errors::Errors;
use crate::options::Options;
use crate::{item, names, options};

/// What is decided of a projection.
pub(super) struct Model {
    pub(super) es: TokenStream,
    /// The block, without marks.
    pub(super) item: ItemImpl,
    pub(super) cfgs: Vec<Attribute>,
    pub(super) name: String,
    pub(super) aggregates: Vec<Path>,
    pub(super) handlers: Vec<Handler>,
    pub(super) others: Others,
    /// Where it is said which events there are.
    pub(super) place: Span,
    /// Whether nothing is wrong.
    pub(super) is_whole: bool,
}

/// What becomes of events without a handler.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Others {
    Refused,
    Ignored,
}

impl Model {
    pub(super) fn new(parsed: Parsed, errors: &mut Errors) -> Self {
        let Parsed { options, mut item } = parsed;
        let handlers = handler::take(&mut item, errors);
        Self {
            es: item::library(&options, errors),
            cfgs: item::with_path(&item.attrs, "cfg"),
            name: name(&options, &item.self_ty, errors),
            aggregates: aggregates(&options, errors),
            handlers,
            others: match options.word("ignore_others") {
                Some(_) => Others::Ignored,
                None => Others::Refused,
            },
            place: item.self_ty.span(),
            item,
            is_whole: false,
        }
    }
}

fn aggregates(options: &Options, errors: &mut Errors) -> Vec<Path> {
    if options.word("aggregates").is_none() {
        errors.at_span(
            Span::call_site(),
            "say whose events it follows: `#[projection(aggregates(Account, Transfer))]`",
        );
        return Vec::new();
    }
    let parts = options::split(options.list("aggregates"), errors);
    if let (true, Some(word)) = (parts.is_empty(), options.word("aggregates")) {
        errors.at(word, "a projection follows at least one aggregate: list it");
    }
    let read = |part: TokenStream, errors: &mut Errors| {
        let path = item::parse_path.parse2(part.clone());
        path.map_err(|_| {
            errors.at(part, "an aggregate is listed as the path of a type without parameters, such as `Account`");
        })
        .ok()
    };
    parts
        .into_iter()
        .filter_map(|part| read(part, errors))
        .collect()
}

/// What its position is kept under: what is said, else the name of the type.
fn name(options: &Options, ty: &Type, errors: &mut Errors) -> String {
    if let Some(literal) = options.text("name") {
        let name = literal.value();
        if name.is_empty() || name.len() > MOST_BYTES {
            errors.at(
                literal,
                format!(
                    "a projection is stored under a name of 1 to {MOST_BYTES} bytes: write another"
                ),
            );
        }
        return name;
    }
    match item::ungrouped(ty) {
        Type::Path(path) => path
            .path
            .segments
            .last()
            .map(|last| names::text(&last.ident))
            .unwrap_or_default(),
        other => {
            errors.at(
                other,
                "a projection is a type with a name: write the `impl` of a struct",
            );
            String::new()
        }
    }
}

/// As long as names can be in every store.
const MOST_BYTES: usize = 255;
