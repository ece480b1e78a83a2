//! Cases of transactions that handlers end, and of commits that the store refuses.

use es::projections::{Projection, Projections, ReadModel, Runner};
use es::{BoxError, EventHeader, RecordId, Retry};
use uuid::Uuid;

use super::domain::{deposit, head};
use super::store::{Fixture, LONG, SqlStore, until};

/// The statement that a handler executes after it wrote the row of an account.
#[derive(Clone, Copy)]
pub(crate) struct Then {
    /// The record id of the event at which the handler executes the statement.
    pub(crate) at: u64,
    pub(crate) sql: &'static str,
    /// True if the handler returns the error of the statement.
    pub(crate) minds: bool,
}

impl Then {
    pub(crate) fn sql(
        self,
        header: &EventHeader,
        cents: i64,
        at: RecordId,
    ) -> (String, Option<&'static str>) {
        let row = format!(
            "INSERT INTO balances (account, cents, deposits, last) VALUES ('{}', {cents}, 1, {at})",
            header.originator_id
        );
        (row, (at.get() == self.at).then_some(self.sql))
    }

    pub(crate) fn minded<E: Into<BoxError>>(self, done: Result<(), E>) -> Result<(), BoxError> {
        match done {
            Err(error) if self.minds => Err(error.into()),
            _ => Ok(()),
        }
    }
}

/// A store with handlers that execute given statements.
pub(crate) trait Doing: SqlStore {
    type Doer: Projection<<Self::Model as ReadModel>::Transaction>;

    /// Statements that end a transaction, and whether earlier rows survive.
    const ENDS: &'static [(&'static str, Kept)];
    /// Which of three events ends the transaction. No later handler writes a row that survives.
    const WHICH: usize = 2;

    fn doer(then: Then) -> Self::Doer;
}

/// The remaining rows of earlier transactions.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kept {
    Nothing,
    Rows,
}

/// The position does not advance without the rows that belong to it.
pub(crate) async fn ended_by_handler<S: Doing>() {
    for (sql, kept) in S::ENDS {
        let fixture = Fixture::<S>::new().await;
        let ids = deposit(&fixture.app, 3, 1).await;
        let then = Then {
            at: 3 * S::WHICH as u64,
            sql,
            minds: false,
        };
        let runner = Runner::new(S::doer(then), fixture.model.clone(), &fixture.app);
        let running = runner
            .expect("a log")
            .start()
            .await
            .expect("the runner starts");
        let ended = running.ended().await.expect_err("nothing is promised then");
        let ended: &dyn std::error::Error = &ended;
        let mut sources = std::iter::successors(Some(ended), |it| it.source());
        let is_told = sources.any(|error| {
            error
                .to_string()
                .contains("a handler ended the transaction")
        });
        assert!(is_told, "`{sql}`: {ended:?}");
        let projections = Projections::new(fixture.model.clone());
        let row = projections.get("doing").await.expect("found");
        assert_eq!(row.position.get(), 0, "`{sql}`");
        let rows: Vec<Uuid> = fixture.balances().await.into_keys().collect();
        let mut expected = match kept {
            Kept::Nothing => Vec::new(),
            Kept::Rows => ids[..S::WHICH].to_vec(),
        };
        expected.sort_unstable();
        assert_eq!(rows, expected, "`{sql}`");
    }
}

/// A permanently refused commit is attributed to one event.
pub(crate) async fn refused_commit<S: Doing>(tables: &'static str) {
    let fixture = Fixture::<S>::new().await;
    S::execute(&fixture.model, tables.to_owned()).await;
    let ids = deposit(&fixture.app, 100, 1).await;
    // The record id of the deposit of the 98th account.
    let then = Then {
        at: 98 * 3,
        sql: "INSERT INTO children (parent) VALUES (7)",
        minds: true,
    };
    let runner = Runner::new(S::doer(then), fixture.model.clone(), &fixture.app);
    let retry = Retry::default()
        .attempts(3)
        .wait(std::time::Duration::from_millis(1));
    let running = runner
        .expect("a log")
        .retry(retry)
        .start()
        .await
        .expect("the runner starts");
    let last = head(&fixture.app).await;
    running
        .wait_for(last, LONG)
        .await
        .expect("the runner reaches the position");
    let letters = running.dead_letters(10).await.expect("read");
    let reported: Vec<_> = letters
        .iter()
        .map(|it| (it.aggregate_id, it.attempts))
        .collect();
    assert_eq!(reported, [(ids[97], 3)]);
    assert!(!letters[0].error.is_empty());
    let rows = fixture.balances().await;
    assert_eq!(rows.len(), 99, "all others are whole");
    assert!(!rows.contains_key(&ids[97]));
    // The retry fails as long as the parent is missing.
    running.retry(ids[97]).await.expect("the request is stored");
    until(|| async { running.dead_letters(1).await.expect("read")[0].attempts == 4 }).await;
    S::execute(&fixture.model, "INSERT INTO parents VALUES (7)".to_owned()).await;
    running.retry(ids[97]).await.expect("the request is stored");
    until(|| async { running.progress().blocked_aggregates == 0 }).await;
    assert_eq!(fixture.balances().await.len(), 100);
    running.stop().await.expect("the runner stops");
}

pub(crate) const CHILDREN: &str = "CREATE TABLE parents (id INTEGER PRIMARY KEY);
    CREATE TABLE children (parent INTEGER NOT NULL REFERENCES parents (id) DEFERRABLE INITIALLY DEFERRED)";
