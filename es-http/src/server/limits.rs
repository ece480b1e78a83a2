//! The limits of a server.

use std::time::Duration;

/// The limits of a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// The maximum number of connections. A further connection replaces the one that has been idle
    /// for the longest time. If none is idle, the new connection is closed.
    pub connections: usize,
    /// The maximum size of a request's line and headers in bytes, at least 8,192. Larger requests
    /// are answered `431`.
    pub header_bytes: usize,
    /// The maximum number of headers in a request.
    pub headers: usize,
    /// The time in which a connection must send the headers of its next request.
    pub header_timeout: Duration,
    /// The time after which a connection is closed if the client does not read the answer.
    pub write_timeout: Duration,
    /// The time that requests have to finish when the server stops.
    pub shutdown_timeout: Duration,
}

impl Default for Limits {
    /// 1,024 connections; 16 KiB of up to 64 headers within 30 s; 30 s for a write; 10 s for the
    /// shutdown.
    fn default() -> Self {
        Self {
            connections: 1_024,
            header_bytes: 16 * 1_024,
            headers: 64,
            header_timeout: Duration::from_secs(30),
            write_timeout: Duration::from_secs(30),
            shutdown_timeout: Duration::from_secs(10),
        }
    }
}
