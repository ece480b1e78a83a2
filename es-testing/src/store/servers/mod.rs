//! Tests of stores on servers: the contract on new databases, cut connections, and servers that
//! refuse connections, are full, unreachable or killed.
//!
//! Implement [`Server`] for a store, and [`TlsServer`] if it has TLS, and run a [`Suite`] as the
//! `main` of a test without a harness.

mod append_bench;
mod cases;
mod databases;
mod server;
mod server_case;
mod services;
mod sql;
mod suite;
mod tls;

pub use append_bench::{AppendBench, Rate, first_event};
pub use databases::Databases;
pub use server::{Meanwhile, Opening, Server, Way};
pub use services::service;
pub use sql::{SqlPool, SqlServer, django_item};
pub use suite::{OwnCase, Suite, text, when_available};
pub use tls::TlsServer;
