//! The service that publishes its log.

use es::Application;
use es::http::{LogRouter, Server};
use tokio::io::{AsyncBufReadExt, BufReader, stdin};

use crate::BoxError;
use crate::order::Order;

pub async fn run(database: &str, port: u16) -> Result<(), BoxError> {
    let uri = format!("sqlite:///{database}");
    let app = Application::builder().uri(uri).open().await?;
    let log = LogRouter::new(app.notification_log()?).into_router();
    let router = axum::Router::new().nest("/notifications", log);
    let server = Server::new(router).port(port).start().await?;
    println!("{}/notifications", server.url());

    let mut lines = BufReader::new(stdin()).lines();
    while let Some(article) = lines.next_line().await? {
        let mut order = Order::create(article)?;
        app.save(&mut order).await?;
        println!("placed {}", order.article);
    }
    server.stop().await;
    app.close().await?;
    Ok(())
}
