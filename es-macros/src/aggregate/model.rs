use proc_macro2::{Ident, TokenStream};
use syn::{Attribute, Fields, ItemStruct, LitStr};

use super::Entry;
use super::fields::Part;
use super::listed::{self, Listed};
use super::parse::Parsed;
use crate::errors::Errors;
use crate::options::Options;
use crate::{item, names, topic};

/// What is decided of an aggregate.
pub(super) struct Model {
    pub(super) entry: Entry,
    pub(super) kind: Kind,
    pub(super) es: TokenStream,
    /// The struct, whose fields are in `parts`.
    pub(super) item: ItemStruct,
    /// The `cfg`s of the struct, which are those of all that belongs to it.
    pub(super) cfgs: Vec<Attribute>,
    pub(super) topic: String,
    /// The prefix of the topics of the library's three events.
    pub(super) base: String,
    pub(super) was: Vec<LitStr>,
    pub(super) parts: Vec<Part>,
    pub(super) events: Vec<Listed>,
    pub(super) names: Names,
    /// The word that asks for snapshots.
    pub(super) snapshot: Option<Ident>,
}

/// What its events keep.
pub(super) struct Kind {
    pub(super) versions: bool,
    pub(super) times: bool,
    pub(super) hashes: bool,
}

impl Kind {
    fn of(entry: Entry, options: &Options, errors: &mut Errors) -> Self {
        let keeps = |word| entry == Entry::Aggregate || options.word(word).is_some();
        Self {
            versions: keeps("versioned"),
            times: keeps("timestamped"),
            hashes: hashes(options, errors),
        }
    }
}

fn hashes(options: &Options, errors: &mut Errors) -> bool {
    match options.name("integrity") {
        Some(word) if word == "off" => return false,
        Some(word) if word == "on" => errors.at(
            word,
            "events are chained by hashes unless told: remove this, or write `integrity = off`",
        ),
        Some(word) => errors.at(word, "`integrity` is written `integrity = off`"),
        None => {}
    }
    true
}

/// The types that are made.
pub(super) struct Names {
    pub(super) event: Ident,
    pub(super) created: Ident,
    pub(super) attribute: Ident,
}

impl Model {
    pub(super) fn new(parsed: Parsed, errors: &mut Errors) -> Self {
        let Parsed {
            entry,
            options,
            mut item,
        } = parsed;
        let fields = std::mem::replace(&mut item.fields, Fields::Unit);
        let topic = topic(entry, &options, &item.ident, errors);
        Self {
            entry,
            kind: Kind::of(entry, &options, errors),
            es: item::library(&options, errors),
            cfgs: item::with_path(&item.attrs, "cfg"),
            base: base(&options, &topic, errors),
            topic,
            was: options
                .texts("was")
                .iter()
                .filter(|was| topic::check(was, errors))
                .cloned()
                .collect(),
            parts: fields
                .into_iter()
                .filter_map(|field| Part::new(field, errors))
                .collect(),
            events: listed::parse(options.list("events"), errors),
            names: Names::of(&item.ident),
            snapshot: options.word("snapshot").cloned(),
            item,
        }
    }

    /// The fields whose values come with the event that creates the aggregate.
    pub(super) fn arguments(&self) -> impl Iterator<Item = &Part> {
        self.parts.iter().filter(|part| part.is_argument())
    }
}

impl Names {
    fn of(aggregate: &Ident) -> Self {
        Self {
            event: names::suffixed(aggregate, "Event"),
            created: names::suffixed(aggregate, "Created"),
            attribute: names::suffixed(aggregate, "Attribute"),
        }
    }
}

/// The longest of what follows a base.
const LONGEST_SUFFIX: &str = ".AttributeChanged";

fn topic(entry: Entry, options: &Options, ident: &Ident, errors: &mut Errors) -> String {
    let name = names::text(ident);
    match options.text("topic") {
        Some(literal) if topic::check(literal, errors) => return checked(literal, options, errors),
        Some(_) => {}
        None => {
            if let Some(fault) = topic::fault(&name) {
                errors.at(
                    ident,
                    format!(
                        "the topic would be this name, which {fault}: add `topic = \"…\"` to `#[{}(…)]`",
                        entry.word()
                    ),
                );
            }
        }
    }
    if topic::fault(&name).is_some() {
        "Aggregate".to_owned()
    } else {
        name
    }
}

fn checked(literal: &LitStr, options: &Options, errors: &mut Errors) -> String {
    if options.text("base").is_none() {
        check_base(literal, errors);
    }
    literal.value()
}

fn base(options: &Options, topic: &str, errors: &mut Errors) -> String {
    match options.text("base") {
        Some(literal) if topic::check(literal, errors) => {
            check_base(literal, errors);
            literal.value()
        }
        _ => topic.to_owned(),
    }
}

/// The topics of the library's events must be short enough as well.
fn check_base(literal: &LitStr, errors: &mut Errors) {
    let whole = format!("{}{LONGEST_SUFFIX}", literal.value());
    if let Some(fault) = topic::fault(&whole) {
        errors.at(
            literal,
            format!(
                "with `{LONGEST_SUFFIX}` after it this topic {fault}: {}",
                topic::RULES
            ),
        );
    }
}
