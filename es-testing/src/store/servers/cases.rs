//! Cases of failures of the server and the network: refused connections, limits, lost connections
//! and answers, and locks of other programs.

use std::sync::Arc;
use std::time::Duration;

use es_store::{
    Datastore, ItemQuery, Position, RecordError, RecordId, RecordManager, SequencedItem, Table,
    Topic,
};
use tokio::time::timeout;
use uuid::Uuid;

use super::server_case::{ServerFixture, server_cases};
use super::suite::{text, when_available};
use super::{Opening, Server, Way};
use crate::store::LossyProxy;
use crate::store::case::{Inapplicable, Verdict};
use crate::store::fixture::if_supported;

server_cases![dyn Server:
    an_unknown_user_is_a_backend_error,
    an_unknown_database_is_a_backend_error,
    a_server_out_of_reach_is_unavailable,
    a_full_server_is_unavailable_until_connections_are_free,
    a_read_only_server_is_read_and_refuses_writes_with_a_reason,
    cut_connections_are_replaced,
    the_outcome_of_a_commit_without_an_answer_is_found,
    a_follower_is_woken_by_a_commit_of_this_handle,
    another_programs_lock_is_awaited_until_the_timeout,
];

type Fixture = ServerFixture<dyn Server>;

type Opened = Result<Arc<dyn Datastore>, RecordError>;

impl Fixture {
    async fn open(&self, opening: &Opening) -> Opened {
        self.server.open(&self.database, opening).await
    }

    /// Opens a new handle to the table of events, and creates the table if it is absent.
    async fn events(&self, opening: &Opening) -> Result<Arc<dyn RecordManager>, Inapplicable> {
        let database = if_supported(self.open(opening).await)?;
        let events = database.record_manager(Table::stored_events()).await;
        let events = events.expect("the table opens");
        events.setup().await.expect("the table is created");
        Ok(events)
    }

    /// Opens the database in a way that must fail, and returns the store's error.
    async fn refusal(&self, way: Way) -> Result<RecordError, Inapplicable> {
        let opening = Opening::with(way).timeout(Duration::from_secs(2));
        match self.open(&opening).await {
            Err(RecordError::Unsupported { .. }) => Err(Inapplicable(
                "the server does not support this way of opening",
            )),
            Err(error) => Ok(error),
            Ok(_) => panic!("the store must refuse to open"),
        }
    }

    /// Opens the store until the server has no connection left, and returns the open stores and the
    /// error of the last attempt.
    ///
    /// The number of free connections is not known in advance: a server counts a closed connection
    /// for a moment longer.
    async fn fill(&self, opening: &Opening) -> (Vec<Arc<dyn Datastore>>, RecordError) {
        let mut open = Vec::new();
        loop {
            match self.open(opening).await {
                Ok(database) => open.push(database),
                Err(error) => return (open, error),
            }
        }
    }
}

fn item(sequence_id: Uuid, n: i64) -> SequencedItem {
    SequencedItem {
        sequence_id,
        position: Position::Integer(n),
        topic: Topic::new("World.Happened"),
        data: format!("{{\"n\":{n}}}").into(),
    }
}

fn assert_contains(error: &RecordError, expected: &str) {
    let text = text(error);
    assert!(
        text.contains(expected),
        "the error lacks `{expected}`: {text}"
    );
}

fn assert_backend(error: &RecordError, expected: &str) {
    assert!(matches!(error, RecordError::Backend { .. }), "{error:?}");
    assert_contains(error, expected);
}

fn assert_unavailable(error: &RecordError, expected: &str) {
    let is_unavailable = matches!(error, RecordError::Unavailable { .. });
    assert!(is_unavailable, "{error:?}");
    assert_contains(error, expected);
}

async fn an_unknown_user_is_a_backend_error(fixture: Fixture) -> Verdict {
    let error = fixture.refusal(Way::As("no_such_user".into())).await?;
    assert_backend(&error, "refused the user");
    Ok(())
}

async fn an_unknown_database_is_a_backend_error(fixture: Fixture) -> Verdict {
    let error = fixture.refusal(Way::Nowhere).await?;
    assert_backend(&error, "no database of that name");
    Ok(())
}

async fn a_server_out_of_reach_is_unavailable(fixture: Fixture) -> Verdict {
    let unused = ([127, 0, 0, 1], 1).into();
    let error = fixture.refusal(Way::At(unused)).await?;
    assert_unavailable(&error, "cannot be reached");
    Ok(())
}

async fn a_full_server_is_unavailable_until_connections_are_free(fixture: Fixture) -> Verdict {
    let user = fixture.server.limited_user(&fixture.database, 2).await;
    let Some(user) = user.expect("the user is created") else {
        return Err(Inapplicable("the server does not limit connections"));
    };
    let opening = Opening::with(Way::As(user.clone()));
    let events = fixture.events(&opening).await?;
    let id = Uuid::new_v4();
    events
        .append(vec![item(id, 0)].into())
        .await
        .expect("the append succeeds");
    let (others, error) = fixture.fill(&opening.timeout(Duration::from_secs(2))).await;
    assert_unavailable(&error, "max_connections");
    for other in others {
        other.close().await.expect("closed");
    }
    let read = when_available(|| events.items(ItemQuery::new(id))).await;
    assert_eq!(read, [item(id, 0)]);
    let appended = when_available(|| events.append(vec![item(id, 1)].into())).await;
    assert_eq!(appended.last(), Some(RecordId::new(2)));
    events.close().await.expect("closed");
    fixture
        .server
        .drop_user(&user)
        .await
        .expect("the user is dropped");
    Ok(())
}

async fn a_read_only_server_is_read_and_refuses_writes_with_a_reason(fixture: Fixture) -> Verdict {
    let id = Uuid::new_v4();
    let writer = fixture.events(&Opening::default()).await?;
    writer
        .append(vec![item(id, 0)].into())
        .await
        .expect("the append succeeds");
    let events = fixture.events(&Opening::with(Way::ReadOnly)).await?;
    let read = events.items(ItemQuery::new(id)).await;
    assert_eq!(read.expect("read"), [item(id, 0)]);
    let refused = events.append(vec![item(id, 1)].into()).await;
    assert_backend(&refused.expect_err("read-only"), "read-only");
    Ok(())
}

async fn cut_connections_are_replaced(fixture: Fixture) -> Verdict {
    let events = fixture.events(&Opening::default()).await?;
    let id = Uuid::new_v4();
    for n in 0..5 {
        events
            .append(vec![item(id, n)].into())
            .await
            .expect("the append succeeds");
        events.items(ItemQuery::new(id)).await.expect("read");
        let cut = fixture.server.cut(&fixture.database, u32::MAX).await;
        assert!(cut.expect("the server cuts connections") > 0);
    }
    let read = events.items(ItemQuery::new(id)).await;
    assert_eq!(read.expect("read").len(), 5);
    Ok(())
}

async fn the_outcome_of_a_commit_without_an_answer_is_found(fixture: Fixture) -> Verdict {
    let Some(commit) = fixture.server.commit() else {
        return Err(Inapplicable("the store has no transactions"));
    };
    let proxy = LossyProxy::start(fixture.server.address(), commit).await;
    let opening = Opening::with(Way::At(proxy.address()));
    let events = fixture.events(&opening).await?;
    let id = Uuid::new_v4();
    let mut appended_items = Vec::new();
    for n in 0..5 {
        proxy.lose_next();
        let appended = events.append(vec![item(id, n)].into()).await;
        appended_items.push(item(id, n));
        let last = appended
            .expect("the store finds that the append was stored")
            .last();
        assert_eq!(last.map(RecordId::get), Some(appended_items.len() as u64));
        assert_eq!(proxy.to_lose(), 0, "the answer was lost");
        let stored = events.items(ItemQuery::new(id)).await;
        assert_eq!(
            stored.expect("the read succeeds"),
            appended_items,
            "the result agrees with the stored items"
        );
    }
    Ok(())
}

async fn a_follower_is_woken_by_a_commit_of_this_handle(fixture: Fixture) -> Verdict {
    const FOREVER: Duration = Duration::from_secs(600);
    const LONG: Duration = Duration::from_secs(60);
    let events = fixture.events(&Opening::default()).await?;
    let mut wake_up = events.wake_up();
    for n in 0..3 {
        let item = item(Uuid::new_v4(), 0);
        events
            .append(vec![item].into())
            .await
            .expect("the append succeeds");
        let woken = timeout(LONG, wake_up.wait(FOREVER)).await;
        woken.expect("the follower is woken");
        assert_eq!(events.max_record_id().await.expect("read").get(), n + 1);
    }
    Ok(())
}

async fn another_programs_lock_is_awaited_until_the_timeout(fixture: Fixture) -> Verdict {
    if fixture.server.commit().is_none() {
        return Err(Inapplicable("the store has no transactions"));
    }
    let opening = Opening::default().timeout(Duration::from_secs(3));
    let events = fixture.events(&opening).await?;
    let meanwhile = async {
        let refused = events.append(vec![item(Uuid::new_v4(), 0)].into()).await;
        assert_unavailable(&refused.expect_err("the lock is held"), "holds the lock");
    };
    let held = fixture
        .server
        .hold_lock(&fixture.database, Box::pin(meanwhile))
        .await;
    held.expect("rolled back");
    let appended = events.append(vec![item(Uuid::new_v4(), 0)].into()).await;
    assert_eq!(
        appended.expect("the append succeeds").last(),
        Some(RecordId::new(1))
    );
    Ok(())
}
