use std::fmt;
use std::ops::Deref;

use deadpool_postgres::Client;
use es_core::application::Application;
use es_core::domain::Aggregate;
use es_core::error::Result;
use es_store::read_model::ReadModelError;
use es_store::{Appended, RecordError};
use futures_util::FutureExt;
use tokio_postgres::Error;
use tokio_postgres::error::SqlState;
use uuid::Uuid;

use super::read_model::OPERATION;
use crate::database::Database;
use crate::error::{is_lost, record_error};
use crate::transaction::{append_on, items_on};

/// The transaction of a projection on `PostgreSQL`: what its handlers are given. It is a
/// [`Client`](tokio_postgres::Client) with a transaction at `READ COMMITTED` that the library commits or rolls back, with
/// the position in it.
///
/// After a statement that failed the transaction takes no more. A handler answers with the error, or has set a savepoint
/// before it. One that ends the transaction ends the projection: what it committed, and what handlers after it wrote in the
/// same batch, is kept, and the position is not moved.
pub struct PostgresTransaction {
    client: Client,
    state: State,
    /// What is done once it is committed.
    then: Vec<Box<dyn FnOnce() + Send + Sync>>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Open,
    Ended,
}

impl PostgresTransaction {
    /// Begins on a connection that waits, and once more where it turns out to be gone, as that of a server that was
    /// restarted.
    pub(super) async fn begin(database: &Database) -> Result<Self, RecordError> {
        let sql = format!(
            "BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL lock_timeout = {}; SELECT set_config('synchronous_commit', \
             'on', true) WHERE current_setting('synchronous_commit') = 'off'; SAVEPOINT es_projection",
            database.timeout().as_millis().max(1)
        );
        let mut client = database.client(OPERATION).await?;
        let mut begun = client.batch_execute(&sql).await;
        if begun.as_ref().is_err_and(is_lost) {
            database.forget(client);
            client = database.client(OPERATION).await?;
            begun = client.batch_execute(&sql).await;
        }
        // From here on what was begun is rolled back where this is dropped.
        let this = Self {
            client,
            state: State::Open,
            then: Vec::new(),
        };
        begun.map(|()| this).map_err(failed)
    }

    /// Whether it is still the one that was begun: the savepoint goes with it.
    pub(super) async fn check(&self) -> Result<(), ReadModelError> {
        let checked = self.client.batch_execute("RELEASE SAVEPOINT es_projection");
        checked.await.map_err(|error| match error.code() {
            Some(&SqlState::NO_ACTIVE_SQL_TRANSACTION | &SqlState::S_E_INVALID_SPECIFICATION) => {
                ReadModelError::TransactionEnded {
                    source: error.into(),
                }
            }
            _ => failed(error).into(),
        })
    }

    pub(super) async fn commit(mut self) -> Result<(), RecordError> {
        self.end("COMMIT").await.map_err(|error| {
            if is_lost(&error) {
                // The row of the projection tells, once the server answers again.
                return RecordError::Unknown {
                    source: Box::new(failed(error)),
                };
            }
            failed(error)
        })?;
        let then = std::mem::take(&mut self.then);
        drop(self);
        for call in then {
            call();
        }
        Ok(())
    }

    pub(super) async fn rollback(mut self) -> Result<(), RecordError> {
        self.end("ROLLBACK").await.map_err(failed)
    }

    async fn end(&mut self, sql: &str) -> Result<(), Error> {
        self.client.batch_execute(sql).await?;
        self.state = State::Ended;
        Ok(())
    }

    pub(super) const fn client(&self) -> &Client {
        &self.client
    }

    /// Writes the pending events of an aggregate, all or none, so that they commit together with the position: what a
    /// projection does that issues commands. It must be the database that the application has its events in.
    ///
    /// From here on the transaction holds the lock of the events' table: all other appends wait until the batch is
    /// committed ([`Runner::batch_time`](es_projection::Runner::batch_time) says how long that may last).
    ///
    /// The aggregate is as if it were saved. Where a handler fails after it, or the transaction is rolled back, drop it, and
    /// load it again when the handler is called again. Subscribers are told after the commit.
    ///
    /// # Errors
    ///
    /// Those of [`save_in`](crate::save_in).
    pub async fn save<A: Aggregate>(
        &mut self,
        app: &Application,
        aggregate: &mut A,
    ) -> Result<Appended> {
        let staged = app.stage(aggregate)?;
        let client: &tokio_postgres::Client = &self.client;
        let appended = append_on(client, &staged.table()?, staged.items()).await?;
        self.then.push(Box::new(staged.detach()));
        Ok(appended)
    }

    /// The aggregate as it is in this transaction, with what was saved in it.
    ///
    /// # Errors
    ///
    /// Those of [`Application::get`].
    pub async fn get<A: Aggregate>(&self, app: &Application, id: Uuid) -> Result<A> {
        let store = app.event_store();
        let table = store.record_manager().table();
        let table = table.ok_or(RecordError::unsupported("events in a transaction"))?;
        let client: &tokio_postgres::Client = &self.client;
        let items = items_on(client, table, id).await?;
        store.replay(id, &items)
    }
}

pub(super) fn failed(error: Error) -> RecordError {
    record_error(OPERATION, error)
}

impl Deref for PostgresTransaction {
    type Target = tokio_postgres::Client;

    fn deref(&self) -> &tokio_postgres::Client {
        &self.client
    }
}

/// One that was not committed is rolled back, before whatever the connection is used for next.
impl Drop for PostgresTransaction {
    fn drop(&mut self) {
        if self.state == State::Open {
            // It is sent when it is first polled; who would read the answer is gone.
            let _sent = self.client.batch_execute("ROLLBACK").now_or_never();
        }
    }
}

impl fmt::Debug for PostgresTransaction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresTransaction")
            .finish_non_exhaustive()
    }
}
