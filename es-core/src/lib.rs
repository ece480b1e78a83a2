//! es-core
