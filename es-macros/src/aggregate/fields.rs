//! The fields of an aggregate, and the options of `#[attribute]` and `#[created]`.

use proc_macro2::{Ident, TokenStream};
use quote::ToTokens;
use syn::spanned::Spanned;
use syn::{Attribute, Field, LitStr, Meta, Type};

use crate::errors::Errors;
use crate::options::{OptionSpec, OptionTable, Options, ValueSyntax};
use crate::serde_attributes::SerdeAttributes;
use crate::{attributes, names};

const TABLE: OptionTable = OptionTable {
    owner: "#[attribute]",
    options: &[
        OptionSpec::new("name", ValueSyntax::Text, "name = \"stored_name\""),
        OptionSpec::new("setter", ValueSyntax::Name, "setter = set_it"),
        OptionSpec::new("getter", ValueSyntax::Name, "getter = it"),
        OptionSpec::new("skip", ValueSyntax::Names, "skip(setter, getter)"),
        OptionSpec::new("default", ValueSyntax::Flag, "default"),
    ],
    foreign: &[
        ("events", "#[aggregate]"),
        ("topic", "#[aggregate]"),
        ("base", "#[aggregate]"),
        ("was", "#[aggregate]` and of `#[event]"),
        ("crate", "#[aggregate]` and of `#[event]"),
        ("snapshot", "#[aggregate]` and of `#[entity]"),
        ("integrity", "#[aggregate]` and of `#[entity]"),
        ("round_trip", "#[aggregate]` and of `#[event]"),
        ("versioned", "#[entity]"),
        ("timestamped", "#[entity]"),
    ],
    implied: &[],
};

/// A field of an aggregate.
pub(super) struct AggregateField {
    /// The field as written, without `#[attribute]` and `#[created]`.
    pub(super) syntax: Field,
    pub(super) ident: Ident,
    pub(super) cfgs: Vec<Attribute>,
    pub(super) docs: Vec<Attribute>,
    pub(super) role: Role,
}

/// The annotation of a field.
pub(super) enum Role {
    Unmarked,
    Created,
    Attribute(Box<AttributeSettings>),
}

/// The settings of an `#[attribute]` field.
pub(super) struct AttributeSettings {
    /// True if the initial value is `Default` and not an argument of `create`.
    pub(super) is_default: bool,
    pub(super) stored_name: String,
    /// The literal of the option `name`.
    pub(super) name: Option<LitStr>,
    pub(super) variant: Ident,
    pub(super) getter: Option<Ident>,
    pub(super) setter: Option<Ident>,
    /// The serde options that replace the `Serialize` and `Deserialize` of the type.
    pub(super) serializers: Option<TokenStream>,
}

impl AggregateField {
    pub(super) fn new(mut field: Field, errors: &mut Errors) -> Option<Self> {
        let ident = field.ident.clone()?;
        let role = role(&field, &ident, errors);
        let cfgs = attributes::named(&field.attrs, "cfg");
        let docs = attributes::named(&field.attrs, "doc");
        field.attrs.retain(|attribute| !is_mark(attribute));
        Some(Self {
            syntax: field,
            ident,
            cfgs,
            docs,
            role,
        })
    }

    pub(super) fn ty(&self) -> &Type {
        &self.syntax.ty
    }

    /// Returns true if the field is an argument of `create` and is stored in the first event.
    pub(super) fn is_argument(&self) -> bool {
        match &self.role {
            Role::Unmarked => false,
            Role::Created => true,
            Role::Attribute(settings) => !settings.is_default,
        }
    }

    pub(super) fn settings(&self) -> Option<&AttributeSettings> {
        match &self.role {
            Role::Attribute(settings) => Some(settings),
            _ => None,
        }
    }

    pub(super) fn settings_mut(&mut self) -> Option<&mut AttributeSettings> {
        match &mut self.role {
            Role::Attribute(settings) => Some(settings),
            _ => None,
        }
    }

    /// Returns true if a `cfg` can leave the field out.
    pub(super) fn is_conditional(&self) -> bool {
        !self.cfgs.is_empty()
    }

    /// Returns the `#[serde(…)]` attributes of the field.
    pub(super) fn serde(&self) -> Vec<Attribute> {
        attributes::named(&self.syntax.attrs, "serde")
    }
}

fn is_mark(attribute: &Attribute) -> bool {
    attribute.path().is_ident("attribute") || attribute.path().is_ident("created")
}

/// Returns true if only the macro reads the attribute. The compiler would report it as unknown.
pub(super) fn is_helper(attribute: &Attribute) -> bool {
    is_mark(attribute) || attribute.path().is_ident("serde")
}

fn role(field: &Field, ident: &Ident, errors: &mut Errors) -> Role {
    let mut role = Role::Unmarked;
    for mark in field.attrs.iter().filter(|attribute| is_mark(attribute)) {
        let found = if mark.path().is_ident("created") {
            check_created(mark, errors);
            Role::Created
        } else {
            Role::Attribute(Box::new(settings(field, ident, mark, errors)))
        };
        match (&role, &found) {
            (Role::Unmarked, _) => role = found,
            (Role::Created, Role::Created) | (Role::Attribute(_), Role::Attribute(_)) => {
                errors.at(mark, "this attribute is repeated: remove one");
            }
            _ => errors.at(
                mark,
                "a field cannot be both `#[attribute]`, which can change, and `#[created]`, which \
                 is set once: remove one",
            ),
        }
    }
    role
}

fn check_created(mark: &Attribute, errors: &mut Errors) {
    if !matches!(mark.meta, Meta::Path(_)) {
        errors.at(
            &mark.meta,
            "`#[created]` does not take options: write `#[created]`",
        );
    }
}

fn settings(
    field: &Field,
    ident: &Ident,
    mark: &Attribute,
    errors: &mut Errors,
) -> AttributeSettings {
    let options = match &mark.meta {
        Meta::Path(_) => Options::default(),
        Meta::List(list) => Options::parse(&TABLE, list.tokens.clone(), errors),
        Meta::NameValue(pair) => {
            errors.at(
                &pair.value,
                "options must be in parentheses: write `#[attribute(name = \"stored_name\")]`",
            );
            Options::default()
        }
    };
    let skipped = skipped(&options, errors);
    let accessor = |keyword: &str, default: Ident| {
        (!skipped.contains(&keyword)).then(|| options.name(keyword).cloned().unwrap_or(default))
    };
    AttributeSettings {
        is_default: options.keyword("default").is_some(),
        stored_name: stored_name(&options, ident, errors),
        name: options.text("name").cloned(),
        variant: names::variant(ident),
        getter: accessor("getter", ident.clone()),
        setter: accessor("setter", names::prefixed("set_", ident)),
        serializers: SerdeAttributes::from_attributes(&field.attrs).serializers(),
    }
}

fn stored_name(options: &Options, ident: &Ident, errors: &mut Errors) -> String {
    match options.text("name") {
        Some(name) if name.value().is_empty() => {
            errors.at(
                name,
                "the stored name is empty: write a name, or remove this option",
            );
        }
        Some(name) => return name.value(),
        None => {}
    }
    format!("_{}", names::text(ident))
}

/// Returns the accessors that are not generated.
fn skipped(options: &Options, errors: &mut Errors) -> Vec<&'static str> {
    let mut skipped = Vec::new();
    for name in options.names("skip") {
        let Some(accessor) = ["setter", "getter"]
            .into_iter()
            .find(|accessor| name == accessor)
        else {
            errors.at(
                name,
                format!("`skip` does not accept `{name}`: use `setter`, `getter` or both"),
            );
            continue;
        };
        if skipped.contains(&accessor) {
            errors.at(name, format!("`{accessor}` is repeated: remove one"));
        } else if let Some(given) = options.keyword(accessor) {
            errors.at_span(
                given.to_token_stream().span(),
                format!("the {accessor} is both named and skipped: remove one of the two options"),
            );
        }
        skipped.push(accessor);
    }
    skipped
}
