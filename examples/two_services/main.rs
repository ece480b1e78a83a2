//! Two services: one takes orders and publishes its notification log over HTTP; the other follows
//! it and counts sales.
//!
//! Each is a process of its own and may stop and restart at any time. The counts stay right,
//! because the follower stores them together with its position, in one file that is replaced
//! atomically.
//!
//! ```text
//! cargo run --example two_services --features http -- orders orders.db 8000
//! cargo run --example two_services --features http -- sales sales.json http://127.0.0.1:8000/notifications
//! ```
//!
//! `orders` places an order for each line of its standard input; `sales` prints the counts whenever
//! they change. Both stop when their standard input ends.

#![allow(clippy::print_stdout, clippy::print_stderr)]
#![expect(unreachable_pub, reason = "the domain is written as that of a library")]

mod order;
mod orders;
mod sales;

type BoxError = Box<dyn std::error::Error + Send + Sync>;

#[tokio::main]
async fn main() -> Result<(), BoxError> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["orders", database, port] => orders::run(database, port.parse()?).await,
        ["sales", file, url] => sales::run(file.as_ref(), url).await,
        _ => Err("usage: two_services orders DATABASE PORT | sales FILE URL".into()),
    }
}
