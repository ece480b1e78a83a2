use std::collections::HashMap;

use quote::ToTokens;

use crate::aggregate::listed::Listed;
use crate::aggregate::model::Model;
use crate::errors::Errors;
use crate::names;

/// The events that every aggregate has.
const LIBRARY: [&str; 3] = ["Created", "AttributeChanged", "Discarded"];

/// Listed events that cannot be, or that would be one variant.
pub(super) fn check(model: &mut Model, errors: &mut Errors) {
    let mut events = std::mem::take(&mut model.events);
    events.retain(|event| is_free(model, event, errors));
    let mut seen = HashMap::new();
    events.retain(|event| is_single(event, &mut seen, errors));
    model.events = events;
}

fn is_free(model: &Model, event: &Listed, errors: &mut Errors) -> bool {
    let (aggregate, word) = (&model.item.ident, model.entry.word());
    let (variant, name) = (&event.variant, names::text(&event.variant));
    let made = [
        &model.names.event,
        &model.names.created,
        &model.names.attribute,
    ];
    let fault = if event.path.is_ident(aggregate) {
        format!("an {word} is no event of its own: list what can happen to it")
    } else if LIBRARY.contains(&name.as_str()) {
        format!(
            "every {word} has an event `{name}` already: list this one under another name, such as `{aggregate}{name}By…`"
        )
    } else if event
        .path
        .get_ident()
        .is_some_and(|ident| made.contains(&ident))
    {
        format!("`#[{word}]` makes a type `{name}` itself: give the event another name")
    } else {
        return true;
    };
    errors.at(variant, fault);
    false
}

/// A path, and whether it depends on a `cfg`.
type Seen = HashMap<String, (String, bool)>;

fn is_single(event: &Listed, seen: &mut Seen, errors: &mut Errors) -> bool {
    let name = names::text(&event.variant);
    let path: String = event
        .path
        .to_token_stream()
        .into_iter()
        .map(|token| token.to_string())
        .collect();
    let is_conditional = !event.cfgs.is_empty();
    let first = seen.insert(name.clone(), (path.clone(), is_conditional));
    let Some((first, _)) = first.filter(|(_, other)| !(*other || is_conditional)) else {
        return true;
    };
    let message = if first == path {
        format!("`{path}` is listed twice: keep one")
    } else {
        format!(
            "`{first}` and `{path}` would both be the variant `{name}`: bring one in under another name, `use {path} as \
             Other{name};`"
        )
    };
    errors.at(&event.path, message);
    false
}
