//! Checks across the handlers and aggregates of a projection.

use std::collections::HashMap;

use quote::ToTokens;
use syn::Path;

use super::handler::Handler;
use super::model::Model;
use crate::errors::Errors;

pub(super) fn check(model: &mut Model, errors: &mut Errors) {
    // Handlers with errors are left out of the model, so it may be empty for another reason.
    if model.handlers.is_empty() && errors.is_empty() {
        errors.at_span(
            model.type_span,
            "a projection needs a handler: write `#[subscribe_to(SomethingHappened)]` above a \
             method that takes the event",
        );
    }
    model.handlers = distinct_handlers(std::mem::take(&mut model.handlers), errors);
    model.aggregates = distinct_aggregates(std::mem::take(&mut model.aggregates), errors);
}

/// Reports and removes second handlers of an event. A handler with a `cfg` is skipped: the compiler
/// reports a duplicate among those that remain.
fn distinct_handlers(mut handlers: Vec<Handler>, errors: &mut Errors) -> Vec<Handler> {
    let mut seen: HashMap<String, String> = HashMap::new();
    handlers.retain(|handler| {
        if !handler.cfgs.is_empty() {
            return true;
        }
        let event = handler.event.to_token_stream().to_string();
        match seen.get(&event) {
            None => {
                seen.insert(event, handler.ident.to_string());
                true
            }
            Some(first) => {
                errors.at(
                    &handler.event,
                    format!(
                        "an event has one handler, and `{first}` already handles this one: merge \
                         the two methods"
                    ),
                );
                false
            }
        }
    });
    handlers
}

/// Reports and removes duplicates in the list of aggregates.
fn distinct_aggregates(mut aggregates: Vec<Path>, errors: &mut Errors) -> Vec<Path> {
    let mut seen = Vec::new();
    aggregates.retain(|path| {
        let text = path.to_token_stream().to_string();
        let is_new = !seen.contains(&text);
        if !is_new {
            errors.at(path, format!("`{text}` is listed twice: remove one"));
        }
        seen.push(text);
        is_new
    });
    aggregates
}
