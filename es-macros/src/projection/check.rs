use std::collections::HashMap;

use quote::ToTokens;
use syn::Path;

use super::handler::Handler;
use super::model::Model;
use crate::errors::Errors;

pub(super) fn check(model: &mut Model, errors: &mut Errors) {
    if model.handlers.is_empty() && errors.is_empty() {
        errors.at_span(
            model.place,
            "a projection has a handler at least: write `#[subscribe_to(SomethingHappened)]` above a method that takes the event",
        );
    }
    model.handlers = single_handlers(std::mem::take(&mut model.handlers), errors);
    model.aggregates = single_aggregates(std::mem::take(&mut model.aggregates), errors);
}

/// Each event has one handler; those of which one is left out by `cfg` are the compiler's to see.
fn single_handlers(mut handlers: Vec<Handler>, errors: &mut Errors) -> Vec<Handler> {
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
                    format!("`{first}` handles this event already: let it do both, for an event is handled once"),
                );
                false
            }
        }
    });
    handlers
}

fn single_aggregates(mut aggregates: Vec<Path>, errors: &mut Errors) -> Vec<Path> {
    let mut seen = Vec::new();
    aggregates.retain(|path| {
        let text = path.to_token_stream().to_string();
        let is_new = !seen.contains(&text);
        if !is_new {
            errors.at(path, format!("`{text}` is listed twice: keep one"));
        }
        seen.push(text);
        is_new
    });
    aggregates
}
