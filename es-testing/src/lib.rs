//! es-testing
