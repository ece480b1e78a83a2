//! Errors beyond [`Error`](crate::Error): damage, notification logs, projections.

pub use es_core::error::{
    Damage, EncryptionMismatch, IntegrityError, NotificationError, ProjectionError,
};
