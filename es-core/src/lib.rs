//! es-core

pub mod cipher;
pub mod json;
