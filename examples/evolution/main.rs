//! Four releases of one domain on one database: each reads everything that earlier releases stored.
//!
//! `cargo run --example evolution`

#![allow(clippy::print_stdout, missing_docs, unreachable_pub)]

mod release1;
mod release2;
mod release3;
mod release4;
mod story;

#[tokio::main]
async fn main() -> Result<(), es::BoxError> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("shop.db");
    story::live(&format!("sqlite:///{}", path.display())).await?;
    println!("four releases wrote, and each read all that was written before it");
    Ok(())
}
