//! The events of each release.

use es::{Aggregate, Application, BoxError, Error, Metadata};

use uuid::Uuid;

use crate::{release1 as r1, release2 as r2, release3 as r3, release4 as r4};

/// Runs the four releases on one database.
pub async fn live(uri: &str) -> Result<(), BoxError> {
    let app = Application::builder()
        .allow_shared_topics()
        .uri(uri)
        .open()
        .await?;
    let id = first(&app).await?;
    second(&app, id).await?;
    third(&app, id).await?;
    fourth(&app, id).await?;
    too_old(&app, id).await;
    // Hashes are over the stored text; upcasts do not affect them.
    assert_eq!(app.event_store().verify(id).await?.sealed, 9);
    Ok(app.close().await?)
}

async fn first(app: &Application) -> Result<Uuid, BoxError> {
    let mut order = r1::Order::create("Ann")?;
    order.trigger(r1::ItemAdded {
        name: "cup".to_owned(),
        cents: 250,
    })?;
    order.trigger(r1::CustomerMoved {
        address: "1 High Street".to_owned(),
        phone: "123".to_owned(),
    })?;
    order.trigger(r1::Aborted {
        why: "too late".to_owned(),
    })?;
    app.save(&mut order).await?;
    Ok(order.id())
}

async fn second(app: &Application, id: Uuid) -> Result<(), BoxError> {
    let mut order: r2::Order = app.get(id).await?;
    assert_eq!((order.cents, order.is_gift()), (250, false));
    assert_eq!(order.customer, "Ann");
    assert_eq!(order.cancelled_for.as_deref(), Some("too late"));
    order.set_is_gift(true)?;
    order.trigger(r2::ItemAdded {
        name: "plate".to_owned(),
        cents: 300,
        quantity: 4,
    })?;
    app.save(&mut order).await?;
    Ok(())
}

async fn third(app: &Application, id: Uuid) -> Result<(), BoxError> {
    let mut order: r3::Order = app.get(id).await?;
    assert_eq!(order.prices, ["250 EUR", "1200 EUR"]);
    assert_eq!(order.phone.as_deref(), Some("123"));
    assert_eq!(order.customer, "Ann");
    order.trigger(r3::ItemAdded {
        name: "bowl".to_owned(),
        price: 9_900,
        currency: "SEK".to_owned(),
        quantity: 1,
    })?;
    order.trigger(r3::AddressChanged {
        address: "2 Low Road".to_owned(),
    })?;
    app.save(&mut order).await?;
    Ok(())
}

async fn fourth(app: &Application, id: Uuid) -> Result<(), BoxError> {
    let mut purchase: r4::Purchase = app.get(id).await?;
    assert_eq!(purchase.prices, ["2.50 EUR", "12.00 EUR", "99.00 SEK"]);
    assert_eq!(purchase.address, "2 Low Road");
    assert!(purchase.is_gift());
    assert_eq!(purchase.customer, "Ann");
    let request = Metadata::new()
        .correlation(Uuid::now_v7())
        .with("user", "ann");
    let item = r4::ItemAdded {
        price: r4::cents(125)?,
        currency: "EUR".to_owned(),
    };
    request.scope(|| purchase.trigger(item))?;
    app.save(&mut purchase).await?;

    let past: r4::Purchase = app.get_at(id, 1).await?;
    assert_eq!(past.prices, ["2.50 EUR"]);
    let events = app.events::<r4::Purchase>(id).await?;
    let prices = events.iter().filter_map(|event| event.payload_as());
    let prices: Vec<_> = prices
        .map(|item: &r4::ItemAdded| item.price.to_string())
        .collect();
    assert_eq!(prices, ["2.50", "12.00", "99.00", "1.25"]);
    let metadata = events
        .last()
        .and_then(|event| event.header().metadata.clone());
    assert_eq!(metadata.as_deref(), Some(&request));
    Ok(())
}

/// A program of an earlier release reports that it is too old, not that the store is damaged.
async fn too_old(app: &Application, id: Uuid) {
    let before = app.get_at::<r1::Order>(id, 3).await;
    assert!(before.is_ok_and(|order| order.customer == "Ann"));
    let newer = app.get::<r1::Order>(id).await;
    let Err(Error::UnknownTopic { .. } | Error::NewerEvent { .. } | Error::Undecodable { .. }) =
        newer
    else {
        panic!("{newer:?}");
    };
    let newer = app.get::<r2::Order>(id).await;
    assert!(
        matches!(
            newer,
            Err(Error::NewerEvent {
                stored: 2,
                known: 1,
                ..
            })
        ),
        "{newer:?}"
    );
}
