//! Big arrays as sources of notification logs.

use std::ops::Range;

use async_trait::async_trait;
use es_core::domain::{Event, Payload};
use es_core::error::{Error, Result};
use es_json as json;
use es_store::{Text, Topic};

use super::array_log::ItemArray;
use crate::array::{BigArray, ItemAssigned};

/// Reads the items as `T` and writes their canonical JSON. An array of [`json::Value`] serves for items of any type.
#[async_trait]
impl<T: Payload> ItemArray for BigArray<T> {
    fn array_size(&self) -> u64 {
        self.tree().array_size().get().into()
    }

    async fn next_position(&self) -> Result<u64> {
        self.next_position().await
    }

    async fn items(&self, positions: Range<u64>) -> Result<Vec<Option<Text>>> {
        let items = self.items(positions).await?;
        items
            .iter()
            .map(|item| item.as_ref().map(text).transpose())
            .collect()
    }
}

fn text<T: Payload>(item: &T) -> Result<Text> {
    let text = json::to_string(item).map_err(|source| Error::InvalidEvent {
        topic: Topic::new(ItemAssigned::<T>::NAME),
        source,
    })?;
    Ok(Text::from(text))
}
