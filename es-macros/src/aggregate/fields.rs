//! The fields of an aggregate, and what their marks say.

use proc_macro2::{Ident, TokenStream};
use quote::ToTokens;
use syn::spanned::Spanned;
use syn::{Attribute, Field, LitStr, Meta, Type};

use crate::errors::Errors;
use crate::options::{Known, Options, Shape, Table};
use crate::serde_attributes::Serde;
use crate::{item, names};

const TABLE: Table = Table {
    owner: "#[attribute]",
    known: &[
        Known {
            name: "name",
            shape: Shape::Text,
            usage: "name = \"stored_name\"",
        },
        Known {
            name: "setter",
            shape: Shape::Name,
            usage: "setter = set_it",
        },
        Known {
            name: "getter",
            shape: Shape::Name,
            usage: "getter = it",
        },
        Known {
            name: "skip",
            shape: Shape::Names,
            usage: "skip(setter, getter)",
        },
        Known {
            name: "default",
            shape: Shape::Flag,
            usage: "default",
        },
    ],
    elsewhere: &[
        ("events", "#[aggregate]"),
        ("topic", "#[aggregate]"),
        ("base", "#[aggregate]"),
        ("was", "#[aggregate]` and of `#[event]"),
        ("crate", "#[aggregate]` and of `#[event]"),
        ("snapshot", "#[aggregate]` and of `#[entity]"),
        ("integrity", "#[aggregate]` and of `#[entity]"),
        ("versioned", "#[entity]"),
        ("timestamped", "#[entity]"),
    ],
    needless: &[],
};

/// A field as the user wrote it, and its part in the expansion.
pub(super) struct Part {
    pub(super) field: Field,
    pub(super) ident: Ident,
    pub(super) cfgs: Vec<Attribute>,
    pub(super) docs: Vec<Attribute>,
    pub(super) role: Role,
}

pub(super) enum Role {
    Plain,
    Created,
    Attribute(Box<Settings>),
}

/// What is decided of an attribute.
pub(super) struct Settings {
    /// Whether it starts as `Default` and is no argument.
    pub(super) is_default: bool,
    pub(super) stored_name: String,
    pub(super) name: Option<LitStr>,
    pub(super) variant: Ident,
    pub(super) getter: Option<Ident>,
    pub(super) setter: Option<Ident>,
    pub(super) forms: Option<TokenStream>,
}

impl Part {
    pub(super) fn new(mut field: Field, errors: &mut Errors) -> Option<Self> {
        let ident = field.ident.clone()?;
        let role = role(&field, &ident, errors);
        let cfgs = item::with_path(&field.attrs, "cfg");
        let docs = item::with_path(&field.attrs, "doc");
        field.attrs.retain(|attribute| !is_mark(attribute));
        Some(Self {
            field,
            ident,
            cfgs,
            docs,
            role,
        })
    }

    pub(super) fn ty(&self) -> &Type {
        &self.field.ty
    }

    /// Whether the value comes with the event that creates the aggregate.
    pub(super) fn is_argument(&self) -> bool {
        match &self.role {
            Role::Plain => false,
            Role::Created => true,
            Role::Attribute(settings) => !settings.is_default,
        }
    }

    pub(super) fn settings(&self) -> Option<&Settings> {
        match &self.role {
            Role::Attribute(settings) => Some(settings),
            _ => None,
        }
    }

    pub(super) fn settings_mut(&mut self) -> Option<&mut Settings> {
        match &mut self.role {
            Role::Attribute(settings) => Some(settings),
            _ => None,
        }
    }

    pub(super) fn is_conditional(&self) -> bool {
        !self.cfgs.is_empty()
    }

    pub(super) fn serde(&self) -> Vec<Attribute> {
        item::with_path(&self.field.attrs, "serde")
    }
}

fn is_mark(attribute: &Attribute) -> bool {
    attribute.path().is_ident("attribute") || attribute.path().is_ident("created")
}

/// Whether an attribute is read by the macro, and means nothing to the compiler.
pub(super) fn is_ours(attribute: &Attribute) -> bool {
    is_mark(attribute) || attribute.path().is_ident("serde")
}

fn role(field: &Field, ident: &Ident, errors: &mut Errors) -> Role {
    let mut role = Role::Plain;
    for mark in field.attrs.iter().filter(|attribute| is_mark(attribute)) {
        let found = if mark.path().is_ident("created") {
            check_created(mark, errors);
            Role::Created
        } else {
            Role::Attribute(Box::new(settings(field, ident, mark, errors)))
        };
        match (&role, &found) {
            (Role::Plain, _) => role = found,
            (Role::Created, Role::Created) | (Role::Attribute(_), Role::Attribute(_)) => {
                errors.at(mark, "the field is marked twice: keep one");
            }
            _ => errors.at(
                mark,
                "a field is `#[attribute]`, which can change, or `#[created]`, which is set once: keep one",
            ),
        }
    }
    role
}

fn check_created(mark: &Attribute, errors: &mut Errors) {
    if !matches!(mark.meta, Meta::Path(_)) {
        errors.at(&mark.meta, "`#[created]` has no options: write it alone");
    }
}

fn settings(field: &Field, ident: &Ident, mark: &Attribute, errors: &mut Errors) -> Settings {
    let options = match &mark.meta {
        Meta::Path(_) => Options::default(),
        Meta::List(list) => Options::parse(&TABLE, list.tokens.clone(), errors),
        Meta::NameValue(pair) => {
            errors.at(
                &pair.value,
                "options stand between parentheses: `#[attribute(name = \"stored_name\")]`",
            );
            Options::default()
        }
    };
    let skipped = skipped(&options, errors);
    let accessor = |word: &str, usual: Ident| {
        (!skipped.contains(&word)).then(|| options.name(word).cloned().unwrap_or(usual))
    };
    Settings {
        is_default: options.word("default").is_some(),
        stored_name: stored_name(&options, ident, errors),
        name: options.text("name").cloned(),
        variant: names::variant(ident),
        getter: accessor("getter", ident.clone()),
        setter: accessor("setter", names::prefixed("set_", ident)),
        forms: Serde::of(&field.attrs).forms(),
    }
}

fn stored_name(options: &Options, ident: &Ident, errors: &mut Errors) -> String {
    match options.text("name") {
        Some(name) if name.value().is_empty() => {
            errors.at(
                name,
                "an attribute's stored name is not empty: write one, or leave `name` out",
            );
        }
        Some(name) => return name.value(),
        None => {}
    }
    format!("_{}", names::text(ident))
}

fn skipped(options: &Options, errors: &mut Errors) -> Vec<&'static str> {
    let mut skipped = Vec::new();
    for name in options.names("skip") {
        let Some(word) = ["setter", "getter"].into_iter().find(|word| name == word) else {
            errors.at(
                name,
                format!(
                    "there is no `{name}` to skip: write `skip(setter)`, `skip(getter)` or both"
                ),
            );
            continue;
        };
        if skipped.contains(&word) {
            errors.at(name, format!("`{word}` is skipped twice: keep one"));
        } else if let Some(given) = options.word(word) {
            errors.at_span(
                given.to_token_stream().span(),
                format!("the {word} is named here and skipped as well: keep one"),
            );
        }
        skipped.push(word);
    }
    skipped
}
