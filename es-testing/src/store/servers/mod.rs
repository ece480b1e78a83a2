//! What stores on servers have in common in their tests: databases that are made and dropped, connections that are cut,
//! servers that refuse, are full, out of reach or killed.
//!
//! Implement [`Server`] for a store, and [`TlsServer`] if it has TLS, and let a [`Suite`] be the `main` of a test without a
//! harness.

mod append_bench;
mod cases;
mod databases;
mod dropped;
mod server;
mod services;
mod sql;
mod suite;
mod tls;

pub use append_bench::{AppendBench, Rate, first_event};
pub use databases::Databases;
pub use dropped::poll_and_drop;
pub use server::{Meanwhile, Opening, Server, Way};
pub use services::service;
pub use sql::{SqlPool, SqlServer, django_item};
pub use suite::{OwnCase, Suite, text, when_available};
pub use tls::TlsServer;
