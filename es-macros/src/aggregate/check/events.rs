//! Checks of the listed events: their names must be free and distinct.

use std::collections::HashMap;

use quote::ToTokens;

use crate::aggregate::event_list::ListedEvent;
use crate::aggregate::model::Model;
use crate::errors::Errors;
use crate::names;

/// The events that every aggregate has.
const LIBRARY: [&str; 3] = ["Created", "AttributeChanged", "Discarded"];

pub(super) fn check(model: &mut Model, errors: &mut Errors) {
    let mut events = std::mem::take(&mut model.events);
    events.retain(|event| is_name_free(model, event, errors));
    let mut seen = HashMap::new();
    events.retain(|event| is_unique(event, &mut seen, errors));
    model.events = events;
}

fn is_name_free(model: &Model, event: &ListedEvent, errors: &mut Errors) -> bool {
    let (aggregate, noun) = (&model.item.ident, model.macro_name.noun());
    let (variant, name) = (&event.variant, names::text(&event.variant));
    let generated = [
        &model.generated.event,
        &model.generated.created,
        &model.generated.attribute,
    ];
    let fault = if event.path.is_ident(aggregate) {
        format!("an {noun} cannot be its own event: list event types")
    } else if LIBRARY.contains(&name.as_str()) {
        format!(
            "every {noun} has an event `{name}`: list this event under another name, such as \
             `{aggregate}{name}By…`"
        )
    } else if event
        .path
        .get_ident()
        .is_some_and(|ident| generated.contains(&ident))
    {
        format!("`#[{noun}]` generates a type `{name}`: rename the event")
    } else {
        return true;
    };
    errors.at(variant, fault);
    false
}

/// The events seen so far by name: the path, and true if a `cfg` can leave the event out.
type Seen = HashMap<String, (String, bool)>;

fn is_unique(event: &ListedEvent, seen: &mut Seen, errors: &mut Errors) -> bool {
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
        format!("`{path}` is listed twice: remove one")
    } else {
        format!(
            "`{first}` and `{path}` have the same variant `{name}`: import one under another \
             name, `use {path} as Other{name};`"
        )
    };
    errors.at(&event.path, message);
    false
}
