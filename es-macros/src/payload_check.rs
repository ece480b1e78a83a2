//! Checks of stored payloads: their keys must be free and distinct, and an object that is written
//! must be readable.

use syn::{Attribute, Field, Fields, ItemStruct, LitStr, Meta};

use crate::errors::Errors;
use crate::reserved_keys;
use crate::serde_attributes::{
    Key, Renaming, SKIPS, SerdeAttributes, is_borrowed, is_option, text,
};

/// Checks an event.
pub(crate) fn check_payload(item: &mut ItemStruct, errors: &mut Errors) {
    check_container(&mut item.attrs, errors);
    let container = SerdeAttributes::from_attributes(&item.attrs);
    if !container.is_converted() {
        for field in &mut item.fields {
            check_skip(&mut field.attrs, errors);
        }
        check_unknown_fields(&container, &item.fields, errors);
        check_fields(&container, &item.fields, errors);
    }
}

/// Checks the fields of a payload.
pub(crate) fn check_fields<'a>(
    container: &SerdeAttributes,
    fields: impl IntoIterator<Item = &'a Field>,
    errors: &mut Errors,
) {
    let mut keys = Keys::default();
    if let Some(tag) = container.find("tag").and_then(text) {
        keys.add(Key::from_literal(&tag), errors);
    }
    for field in fields {
        let serde = SerdeAttributes::from_attributes(&field.attrs);
        let Some(key) = Key::from_field(container, &serde, field) else {
            continue;
        };
        check_owned(field, errors);
        check_readable(container, &serde, field, errors);
        if !serde.has_any(&["skip", "skip_serializing", "flatten"]) {
            keys.add(key, errors);
        }
    }
}

/// The keys of one object.
#[derive(Default)]
struct Keys(Vec<Key>);

impl Keys {
    /// Adds a key. A reserved key or a duplicate is reported.
    fn add(&mut self, key: Key, errors: &mut Errors) {
        let Key {
            text,
            tokens,
            is_conditional,
        } = &key;
        if let Some(fault) = reserved_keys::fault(text) {
            errors.at(
                tokens,
                format!(
                    "the key `{text}` is reserved, because {fault}: rename the field, or add \
                     `#[serde(rename = \"…\")]`"
                ),
            );
            return;
        }
        // Fields with opposite `cfg`s may share a key.
        let is_duplicate =
            |other: &Key| other.text == *text && !(other.is_conditional && *is_conditional);
        if self.0.iter().any(is_duplicate) {
            errors.at(
                tokens,
                format!("two values have the key `{text}`: rename one"),
            );
        }
        self.0.push(key);
    }
}

/// Reports a field that borrows.
pub(crate) fn check_owned(field: &Field, errors: &mut Errors) {
    if is_borrowed(field) {
        errors.at(
            &field.ty,
            "a stored field cannot be a reference, because it is deserialised from a store: use \
             an owned type, such as `String`",
        );
    }
}

/// Reports and removes options that leave a field out of every stored event.
fn check_skip(attributes: &mut [Attribute], errors: &mut Errors) {
    refuse_options(attributes, errors, |option| {
        let word = SKIPS.iter().find(|word| option.path().is_ident(word))?;
        Some(format!(
            "all fields of an event are stored, and `{word}` would lose the value: remove this \
             option, or the field"
        ))
    });
}

/// Reports a field that can be left out when it is written but is required when it is read.
fn check_readable(
    container: &SerdeAttributes,
    serde: &SerdeAttributes,
    field: &Field,
    errors: &mut Errors,
) {
    let has_default = serde.has("default") || container.has("default");
    let skips = serde.find("skip_serializing_if");
    if let Some(option) = skips.filter(|_| !has_default) {
        let may_be_absent = is_option(&field.ty) && !serde.has_any(&["with", "deserialize_with"]);
        if !may_be_absent {
            errors.at(
                option,
                "an event stored without this field cannot be read: add `#[serde(default)]`",
            );
        }
    }
    check_renaming(&serde.renaming("rename"), serde.has("alias"), errors);
}

/// Reports a field that is written under one name and read under another.
fn check_renaming(renaming: &Renaming, has_alias: bool, errors: &mut Errors) {
    let value = |text: &Option<LitStr>| text.as_ref().map(LitStr::value);
    let differs = value(&renaming.written) != value(&renaming.read);
    let literal = renaming.written.as_ref().or(renaming.read.as_ref());
    if let Some(literal) = literal.filter(|_| differs && !has_alias) {
        errors.at(
            literal,
            "the field is written under one key and read under another, so stored events cannot \
             be read: use one name, or add the old one as `alias`",
        );
    }
}

/// Container options that a payload cannot have, each with its message.
const REFUSED: [(&str, &str); 4] = [
    (
        "crate",
        "`#[event]` sets the path of serde itself: remove this option",
    ),
    (
        "remote",
        "an event is stored as its own type, and `remote` would define another one: remove this \
         option",
    ),
    (
        "transparent",
        "an event is stored as an object, and `transparent` would store the bare value: remove \
         this option",
    ),
    (
        "untagged",
        "`untagged` is for enums, and an event is a struct: remove this option",
    ),
];

/// Returns the message for an option that a payload cannot have.
fn refusal(option: &Meta) -> Option<String> {
    let is_refused = |(word, _): &&(&str, &str)| option.path().is_ident(word);
    let refused = REFUSED.iter().find(is_refused);
    refused.map(|(_, message)| (*message).to_owned())
}

/// Reports serde options for which there is a message. They are removed, so that serde does not
/// report them or their consequences again.
fn refuse_options(
    attributes: &mut [Attribute],
    errors: &mut Errors,
    refusal: impl Fn(&Meta) -> Option<String>,
) {
    let serde_attributes = attributes
        .iter_mut()
        .filter(|attribute| attribute.path().is_ident("serde"));
    for attribute in serde_attributes {
        let serde = SerdeAttributes::from_attributes(std::slice::from_ref(attribute));
        let mut kept = Vec::new();
        for option in serde.options() {
            match refusal(option) {
                Some(message) => errors.at(option, message),
                None => kept.push(option),
            }
        }
        if kept.len() < serde.options().len() {
            *attribute = syn::parse_quote!(#[serde(#(#kept),*)]);
        }
    }
}

/// Checks the serde options of the whole payload.
fn check_container(attributes: &mut [Attribute], errors: &mut Errors) {
    refuse_options(attributes, errors, refusal);
    let container = SerdeAttributes::from_attributes(attributes);
    check_renaming(&container.renaming("rename_all"), false, errors);
}

/// Reports `deny_unknown_fields` beside an option that writes keys which serde reads as unknown.
fn check_unknown_fields(container: &SerdeAttributes, fields: &Fields, errors: &mut Errors) {
    let Some(option) = container.find("deny_unknown_fields") else {
        return;
    };
    let flattens = fields
        .iter()
        .any(|field| SerdeAttributes::from_attributes(&field.attrs).has("flatten"));
    for (other, is_present) in [("tag", container.has("tag")), ("flatten", flattens)] {
        if is_present {
            errors.at(
                option,
                format!(
                    "`deny_unknown_fields` with `{other}` refuses the stored event when it is \
                     read: remove one of the two"
                ),
            );
        }
    }
}
