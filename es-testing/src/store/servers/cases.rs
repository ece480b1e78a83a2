//! What the server and the network do, and what every store makes of it.

use std::sync::Arc;
use std::time::Duration;

use es_store::{
    Datastore, ItemQuery, Position, RecordError, RecordId, RecordManager, SequencedItem, Table,
    Topic,
};
use tokio::time::timeout;
use uuid::Uuid;

use super::suite::{text, when_available};
use super::{Databases, Opening, Server, Way};
use crate::store::LossyProxy;
use crate::store::case::{Check, Inapplicable, Verdict};
use crate::store::fixture::if_supported;

/// One promise, and how it is checked.
pub(super) struct ServerCase {
    pub(super) promise: &'static str,
    pub(super) check: fn(OnServer) -> Check,
}

/// A case for each function, named after it. A function that is missing here is a compiler's warning.
macro_rules! cases {
    ($($promise:ident),* $(,)?) => {
        pub(super) const CASES: &[ServerCase] = &[$(ServerCase {
            promise: stringify!($promise),
            check: |server| Box::pin($promise(server)),
        }),*];
    };
}

cases![
    an_unknown_user_is_told_so,
    an_unknown_database_is_told_so,
    a_server_out_of_reach_is_unavailable,
    a_full_server_is_unavailable_and_comes_back,
    a_read_only_server_is_read_and_says_why_it_is_not_written,
    connections_that_are_cut_are_made_anew,
    a_commit_without_an_answer_is_found_out,
    a_follower_is_woken_by_a_commit_of_this_handle,
    another_programs_lock_is_waited_for_with_patience,
];

/// A new database on the server.
pub(super) struct OnServer {
    server: Arc<dyn Server>,
    database: String,
}

type Opened = Result<Arc<dyn Datastore>, RecordError>;

impl OnServer {
    pub(super) async fn new(databases: &Databases) -> Self {
        Self {
            server: databases.server(),
            database: databases.new_one().await,
        }
    }

    async fn open(&self, opening: &Opening) -> Opened {
        self.server.open(&self.database, opening).await
    }

    /// A new handle on the table of events, which is there.
    async fn events(&self, opening: &Opening) -> Result<Arc<dyn RecordManager>, Inapplicable> {
        let database = if_supported(self.open(opening).await)?;
        let events = database.record_manager(Table::stored_events()).await;
        let events = events.expect("a table");
        events.setup().await.expect("made");
        Ok(events)
    }

    /// Opens in a way that does not work; answers with what the store says of that.
    async fn refusal(&self, way: Way) -> Result<RecordError, Inapplicable> {
        let opening = Opening::with(way).timeout(Duration::from_secs(2));
        match self.open(&opening).await {
            Err(RecordError::Unsupported { .. }) => Err(Inapplicable("the server has no such way")),
            Err(error) => Ok(error),
            Ok(_) => panic!("it opens"),
        }
    }

    /// Opens the store again and again, until the server has no connection left; answers with what the store says of that.
    /// (A connection that has just ended counts for a moment longer, so that a count of them would say less.)
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

fn assert_says(error: &RecordError, what: &str) {
    let text = text(error);
    assert!(text.contains(what), "`{what}` is not in: {text}");
}

fn assert_backend(error: &RecordError, what: &str) {
    assert!(matches!(error, RecordError::Backend { .. }), "{error:?}");
    assert_says(error, what);
}

fn assert_unavailable(error: &RecordError, what: &str) {
    let is_unavailable = matches!(error, RecordError::Unavailable { .. });
    assert!(is_unavailable, "{error:?}");
    assert_says(error, what);
}

async fn an_unknown_user_is_told_so(on: OnServer) -> Verdict {
    let error = on.refusal(Way::As("nobody_of_that_name".into())).await?;
    assert_backend(&error, "refused the user");
    Ok(())
}

async fn an_unknown_database_is_told_so(on: OnServer) -> Verdict {
    let error = on.refusal(Way::Nowhere).await?;
    assert_backend(&error, "no database of that name");
    Ok(())
}

async fn a_server_out_of_reach_is_unavailable(on: OnServer) -> Verdict {
    let nobody = ([127, 0, 0, 1], 1).into();
    let error = on.refusal(Way::At(nobody)).await?;
    assert_unavailable(&error, "cannot be reached");
    Ok(())
}

async fn a_full_server_is_unavailable_and_comes_back(on: OnServer) -> Verdict {
    let user = on.server.limited_user(&on.database, 2).await;
    let Some(user) = user.expect("a user") else {
        return Err(Inapplicable("the server limits nobody"));
    };
    let opening = Opening::with(Way::As(user.clone()));
    let events = on.events(&opening).await?;
    let id = Uuid::new_v4();
    events.append(vec![item(id, 0)].into()).await.expect("kept");
    let (others, error) = on.fill(&opening.timeout(Duration::from_secs(2))).await;
    assert_unavailable(&error, "max_connections");
    for other in others {
        other.close().await.expect("closed");
    }
    let read = when_available(|| events.items(ItemQuery::new(id))).await;
    assert_eq!(read, [item(id, 0)]);
    let appended = when_available(|| events.append(vec![item(id, 1)].into())).await;
    assert_eq!(appended.last(), Some(RecordId::new(2)));
    events.close().await.expect("closed");
    on.server.forget_user(&user).await.expect("forgotten");
    Ok(())
}

async fn a_read_only_server_is_read_and_says_why_it_is_not_written(on: OnServer) -> Verdict {
    let id = Uuid::new_v4();
    let writer = on.events(&Opening::default()).await?;
    writer.append(vec![item(id, 0)].into()).await.expect("kept");
    let events = on.events(&Opening::with(Way::ReadOnly)).await?;
    let read = events.items(ItemQuery::new(id)).await;
    assert_eq!(read.expect("read"), [item(id, 0)]);
    let refused = events.append(vec![item(id, 1)].into()).await;
    assert_backend(&refused.expect_err("read-only"), "read-only");
    Ok(())
}

async fn connections_that_are_cut_are_made_anew(on: OnServer) -> Verdict {
    let events = on.events(&Opening::default()).await?;
    let id = Uuid::new_v4();
    for n in 0..5 {
        events.append(vec![item(id, n)].into()).await.expect("kept");
        events.items(ItemQuery::new(id)).await.expect("read");
        let cut = on.server.cut(&on.database, u32::MAX).await;
        assert!(cut.expect("cut") > 0);
    }
    let read = events.items(ItemQuery::new(id)).await;
    assert_eq!(read.expect("read").len(), 5);
    Ok(())
}

async fn a_commit_without_an_answer_is_found_out(on: OnServer) -> Verdict {
    let Some(commit) = on.server.commit() else {
        return Err(Inapplicable("the store has no transactions"));
    };
    let proxy = LossyProxy::before(on.server.address(), commit).await;
    let opening = Opening::with(Way::At(proxy.address()));
    let events = on.events(&opening).await?;
    let id = Uuid::new_v4();
    let mut kept = Vec::new();
    for n in 0..5 {
        proxy.lose_next();
        let appended = events.append(vec![item(id, n)].into()).await;
        kept.push(item(id, n));
        let last = appended.expect("kept, as was found out").last();
        assert_eq!(last.map(RecordId::get), Some(kept.len() as u64));
        assert_eq!(proxy.to_lose(), 0, "the answer was lost");
        let stored = events.items(ItemQuery::new(id)).await;
        assert_eq!(stored.expect("read"), kept, "the answer is the truth");
    }
    Ok(())
}

async fn a_follower_is_woken_by_a_commit_of_this_handle(on: OnServer) -> Verdict {
    const FOREVER: Duration = Duration::from_secs(600);
    const LONG: Duration = Duration::from_secs(60);
    let events = on.events(&Opening::default()).await?;
    let mut wake_up = events.wake_up();
    for n in 0..3 {
        let item = item(Uuid::new_v4(), 0);
        events.append(vec![item].into()).await.expect("kept");
        let woken = timeout(LONG, wake_up.wait(FOREVER)).await;
        woken.expect("it is woken");
        assert_eq!(events.max_record_id().await.expect("read").get(), n + 1);
    }
    Ok(())
}

async fn another_programs_lock_is_waited_for_with_patience(on: OnServer) -> Verdict {
    if on.server.commit().is_none() {
        return Err(Inapplicable("the store has no transactions"));
    }
    let opening = Opening::default().timeout(Duration::from_secs(3));
    let events = on.events(&opening).await?;
    let meanwhile = async {
        let refused = events.append(vec![item(Uuid::new_v4(), 0)].into()).await;
        assert_unavailable(&refused.expect_err("the lock is held"), "holds the lock");
    };
    let held = on.server.hold_lock(&on.database, Box::pin(meanwhile)).await;
    held.expect("rolled back");
    let appended = events.append(vec![item(Uuid::new_v4(), 0)].into()).await;
    assert_eq!(appended.expect("kept").last(), Some(RecordId::new(1)));
    Ok(())
}
