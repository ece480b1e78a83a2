//! The model of an aggregate: all decisions that the expansion needs.

use proc_macro2::{Ident, TokenStream};
use syn::{Attribute, Fields, ItemStruct, LitStr};

use super::MacroName;
use super::event_list::{self, ListedEvent};
use super::fields::AggregateField;
use super::parse::Parsed;
use crate::errors::Errors;
use crate::options::Options;
use crate::{attributes, library_path, names, topic};

/// The model of an annotated struct.
pub(super) struct Model {
    pub(super) macro_name: MacroName,
    pub(super) kind: EntityKind,
    /// The path of the library.
    pub(super) es: TokenStream,
    /// The struct without its fields, which are in `fields`.
    pub(super) item: ItemStruct,
    /// The `cfg` attributes of the struct. Every generated item has them too.
    pub(super) cfgs: Vec<Attribute>,
    pub(super) topic: String,
    /// The prefix of the topics of `Created`, `AttributeChanged` and `Discarded`.
    pub(super) base: String,
    /// Previous topics.
    pub(super) was: Vec<LitStr>,
    pub(super) fields: Vec<AggregateField>,
    pub(super) events: Vec<ListedEvent>,
    pub(super) generated: GeneratedTypes,
    /// The keyword `snapshot`, if the option is present.
    pub(super) snapshot: Option<Ident>,
    /// True if generated events and snapshots are read back and compared before they are stored.
    pub(super) is_round_trip_checked: bool,
}

/// The properties of the events of an entity.
pub(super) struct EntityKind {
    pub(super) is_versioned: bool,
    pub(super) is_timestamped: bool,
    pub(super) is_hash_chained: bool,
}

impl EntityKind {
    fn new(macro_name: MacroName, options: &Options, errors: &mut Errors) -> Self {
        let has = |option| macro_name == MacroName::Aggregate || options.keyword(option).is_some();
        Self {
            is_versioned: has("versioned"),
            is_timestamped: has("timestamped"),
            is_hash_chained: options.is_on("integrity", "hash chains are", errors),
        }
    }
}

/// The names of the generated types.
pub(super) struct GeneratedTypes {
    pub(super) event: Ident,
    pub(super) created: Ident,
    pub(super) attribute: Ident,
}

impl GeneratedTypes {
    fn new(aggregate: &Ident) -> Self {
        Self {
            event: names::suffixed(aggregate, "Event"),
            created: names::suffixed(aggregate, "Created"),
            attribute: names::suffixed(aggregate, "Attribute"),
        }
    }
}

impl Model {
    pub(super) fn new(parsed: Parsed, errors: &mut Errors) -> Self {
        let Parsed {
            macro_name,
            options,
            mut item,
        } = parsed;
        let fields = std::mem::replace(&mut item.fields, Fields::Unit);
        let topic = topic(macro_name, &options, &item.ident, errors);
        Self {
            macro_name,
            kind: EntityKind::new(macro_name, &options, errors),
            es: library_path::from_options(&options, errors),
            cfgs: attributes::named(&item.attrs, "cfg"),
            base: base(&options, &topic, errors),
            topic,
            was: options
                .texts("was")
                .iter()
                .filter(|was| topic::check(was, errors))
                .cloned()
                .collect(),
            fields: fields
                .into_iter()
                .filter_map(|field| AggregateField::new(field, errors))
                .collect(),
            events: event_list::parse(options.list("events"), errors),
            generated: GeneratedTypes::new(&item.ident),
            snapshot: options.keyword("snapshot").cloned(),
            is_round_trip_checked: options.is_on(
                "round_trip",
                "the check of the round trip is",
                errors,
            ),
            item,
        }
    }

    /// Returns the fields that are arguments of `create`, in order.
    pub(super) fn arguments(&self) -> impl Iterator<Item = &AggregateField> {
        self.fields.iter().filter(|field| field.is_argument())
    }
}

/// The longest suffix that is appended to a base.
const LONGEST_SUFFIX: &str = ".AttributeChanged";

fn topic(macro_name: MacroName, options: &Options, ident: &Ident, errors: &mut Errors) -> String {
    let name = names::text(ident);
    match options.text("topic") {
        Some(literal) if topic::check(literal, errors) => {
            if options.text("base").is_none() {
                check_base(literal, errors);
            }
            return literal.value();
        }
        Some(_) => {}
        None => {
            if let Some(fault) = topic::fault(&name) {
                errors.at(
                    ident,
                    format!(
                        "this name cannot be the topic, because it {fault}: add `topic = \"…\"` \
                         to `#[{}(…)]`",
                        macro_name.noun()
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

fn base(options: &Options, topic: &str, errors: &mut Errors) -> String {
    match options.text("base") {
        Some(literal) if topic::check(literal, errors) => {
            check_base(literal, errors);
            literal.value()
        }
        _ => topic.to_owned(),
    }
}

/// Reports a base that makes a topic of the library's events too long.
fn check_base(literal: &LitStr, errors: &mut Errors) {
    let whole = format!("{}{LONGEST_SUFFIX}", literal.value());
    if let Some(fault) = topic::fault(&whole) {
        errors.at(
            literal,
            format!(
                "with the suffix `{LONGEST_SUFFIX}` this topic {fault}: {}",
                topic::RULES
            ),
        );
    }
}
