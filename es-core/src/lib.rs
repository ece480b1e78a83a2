//! es-core

pub mod json;
