//! The service that follows the log.

use std::collections::BTreeMap;
use std::path::Path;

use es::Salt;
use es::event_store::Mapper;
use es::http::RemoteNotificationLog;
use es::notification_log::{Notification, NotificationMapper, NotificationReader};
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncReadExt, stdin};

use crate::BoxError;
use crate::order::{Order, OrderEvent};

/// The counts and the position, stored together so that no notification is counted twice or
/// skipped.
#[derive(Default, Serialize, Deserialize)]
struct Sales {
    position: u64,
    sold: BTreeMap<String, u64>,
}

impl Sales {
    fn load(file: &Path) -> Result<Self, BoxError> {
        if file.exists() {
            Ok(serde_json::from_slice(&std::fs::read(file)?)?)
        } else {
            Ok(Self::default())
        }
    }

    /// Replaces the file atomically: a crash leaves the old file or the new one.
    fn keep(&self, file: &Path) -> Result<(), BoxError> {
        let new = file.with_extension("new");
        std::fs::write(&new, serde_json::to_vec(self)?)?;
        std::fs::rename(new, file)?;
        Ok(())
    }

    fn count(
        &mut self,
        notification: &Notification,
        mapper: &NotificationMapper,
    ) -> es::Result<()> {
        if notification.is_of::<Order>() {
            let event = mapper.event::<Order>(notification)?;
            if let OrderEvent::Created(order) = event.payload() {
                *self.sold.entry(order.article.clone()).or_default() += 1;
            }
        }
        self.position = notification.record_id.get();
        Ok(())
    }
}

pub async fn run(file: &Path, url: &str) -> Result<(), BoxError> {
    let mut sales = Sales::load(file)?;
    let mapper = NotificationMapper::new(Mapper::new(), Salt::from_env()?);
    let mut reader = NotificationReader::new(RemoteNotificationLog::new(url)?);
    reader.seek(sales.position);
    let mut following = reader.follow();
    let mut end = tokio::spawn(async { stdin().read_to_end(&mut Vec::new()).await });
    loop {
        let next = tokio::select! {
            _ = &mut end => return Ok(()),
            next = following.next() => next,
        };
        match next {
            Some(Ok(notification)) => {
                sales.count(&notification, &mapper)?;
                sales.keep(file)?;
                println!("{} {}", sales.position, serde_json::to_string(&sales.sold)?);
            }
            // The other service is down; following continues when it is back.
            Some(Err(error @ es::Error::Unavailable(_))) => eprintln!("{error}"),
            Some(Err(error)) => return Err(error.into()),
            None => return Ok(()),
        }
    }
}
