//! Checks of one field of an aggregate.

use quote::ToTokens;
use syn::Ident;

use crate::aggregate::MacroName;
use crate::aggregate::fields::{AggregateField, AttributeSettings, Role};
use crate::errors::Errors;
use crate::serde_attributes::{SKIPS, SerdeAttributes};
use crate::{attributes, names};

/// The methods that every aggregate and entity has.
const METHODS: [&str; 11] = [
    "create",
    "create_with",
    "created_on",
    "discard",
    "head",
    "id",
    "is_discarded",
    "last_modified",
    "pending_events",
    "trigger",
    "version",
];

pub(super) fn check(
    macro_name: MacroName,
    field: &mut AggregateField,
    has_snapshots: bool,
    errors: &mut Errors,
) {
    check_cfg_attr(macro_name, field, errors);
    // The check of snapshots covers the serde options of unmarked fields.
    if !(has_snapshots && matches!(field.role, Role::Unmarked)) {
        check_serde(field, errors);
    }
    check_id(macro_name, field, errors);
    check_accessor(macro_name, field, errors, ("getter", "it"), |settings| {
        &mut settings.getter
    });
    check_accessor(
        macro_name,
        field,
        errors,
        ("setter", "set_it"),
        |settings| &mut settings.setter,
    );
}

/// Reports marks inside `cfg_attr`, which the compiler resolves after the macro has run.
fn check_cfg_attr(macro_name: MacroName, field: &mut AggregateField, errors: &mut Errors) {
    field.syntax.attrs.retain(|attribute| {
        let hidden = attributes::inside_cfg_attr(attribute, &["attribute", "created", "serde"]);
        if let Some(path) = &hidden {
            let mark = path.to_token_stream();
            errors.at(
                path,
                format!(
                    "`{}` cannot read `{mark}` inside `cfg_attr`: write the field twice, once \
                     below each `#[cfg(…)]`",
                    macro_name.attribute()
                ),
            );
        }
        hidden.is_none()
    });
}

fn check_serde(field: &mut AggregateField, errors: &mut Errors) {
    let attributes = field.serde();
    if let (Role::Unmarked, Some(attribute)) = (&field.role, attributes.first()) {
        errors.at(
            attribute,
            "this field is not stored: remove this attribute, or add `#[attribute]` or \
             `#[created]`",
        );
        return;
    }
    let serde = SerdeAttributes::from_attributes(&attributes);
    for word in SKIPS {
        if let Some(option) = serde.find(word) {
            let message = format!(
                "a marked field is stored, and `{word}` would lose its value: remove one of the two"
            );
            errors.at(option, message);
            field
                .syntax
                .attrs
                .retain(|attribute| !attribute.path().is_ident("serde"));
        }
    }
}

fn check_id(macro_name: MacroName, field: &mut AggregateField, errors: &mut Errors) {
    if field.is_argument() && field.ident == "id" {
        errors.at(
            &field.ident,
            format!(
                "every {} has an `id`, the first argument of `create_with`: rename the field",
                macro_name.noun()
            ),
        );
        if let Some(settings) = field.settings_mut() {
            settings.getter.take_if(|getter| getter == "id");
        }
    }
}

fn check_accessor(
    macro_name: MacroName,
    field: &mut AggregateField,
    errors: &mut Errors,
    (option, example): (&str, &str),
    accessor: fn(&mut AttributeSettings) -> &mut Option<Ident>,
) {
    let Some(accessor) = field.settings_mut().map(accessor) else {
        return;
    };
    let Some(name) = accessor.take_if(|name| METHODS.contains(&names::text(name).as_str())) else {
        return;
    };
    errors.at(
        &name,
        format!(
            "every {} has a method `{name}`: choose another name, `#[attribute({option} = \
             {example})]`, or `#[attribute(skip({option}))]`",
            macro_name.noun()
        ),
    );
}
