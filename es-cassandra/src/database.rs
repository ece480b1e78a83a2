//! The connections to one keyspace.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use es_store::{RecordError, Table};
use scylla::client::caching_session::CachingSession;
use scylla::client::execution_profile::ExecutionProfile;
use scylla::client::session::Session;
use scylla::client::session_builder::SessionBuilder;
use scylla::errors::ExecutionError;
use scylla::policies::load_balancing::DefaultPolicy;
use scylla::policies::retry::{DefaultRetryPolicy, FallthroughRetryPolicy, RetryPolicy};
use scylla::statement::unprepared::Statement;
use scylla::statement::{Consistency, SerialConsistency};
use tokio::time::timeout;

use crate::error::{is_of_schema, record_error, session_error};
use crate::statements::check_name;
use crate::{CassandraOptions, schema};

/// How many statements are kept prepared: those of a few dozen tables.
const PREPARED: usize = 1_000;

/// One keyspace of a cluster.
pub(crate) struct Database {
    /// None when it is closed.
    session: RwLock<Option<Arc<CachingSession>>>,
    options: CassandraOptions,
    max_mutation_bytes: usize,
    reading: Arc<dyn RetryPolicy>,
}

impl Database {
    pub(crate) async fn open(options: CassandraOptions) -> Result<Self, RecordError> {
        check_name(&options.keyspace, "the keyspace")?;
        let builder = with_tls(builder(&options), &options)?;
        // The driver waits for what a node says of the cluster as long as the connection is open.
        let session = match timeout(options.patience, builder.build()).await {
            Ok(session) => session.map_err(session_error)?,
            Err(late) => {
                return Err(RecordError::Unavailable {
                    source: late.into(),
                });
            }
        };
        let max_mutation_bytes = schema::max_mutation_bytes(&session).await;
        Ok(Self {
            session: RwLock::new(Some(Arc::new(CachingSession::from(session, PREPARED)))),
            options,
            max_mutation_bytes,
            reading: Arc::new(DefaultRetryPolicy::new()),
        })
    }

    pub(crate) fn session(&self) -> Result<Arc<CachingSession>, RecordError> {
        let session = self.session.read().unwrap_or_else(PoisonError::into_inner);
        session.clone().ok_or(RecordError::Closed)
    }

    pub(crate) const fn options(&self) -> &CassandraOptions {
        &self.options
    }

    pub(crate) const fn patience(&self) -> Duration {
        self.options.patience
    }

    /// What the server takes at most as the change of one partition.
    pub(crate) const fn max_mutation_bytes(&self) -> usize {
        self.max_mutation_bytes
    }

    /// A statement that reads: asked again, elsewhere, where a node fails.
    pub(crate) fn reading(&self, text: &str, consistency: Consistency) -> Statement {
        let mut statement = Statement::new(text);
        statement.set_consistency(consistency);
        statement.set_is_idempotent(true);
        statement.set_retry_policy(Some(self.reading.clone()));
        statement
    }

    /// The consistency of reads that see what the last conditional write decided, and finish what it left undecided.
    pub(crate) const fn serial(&self) -> Consistency {
        match self.options.serial_consistency {
            SerialConsistency::Serial => Consistency::Serial,
            SerialConsistency::LocalSerial => Consistency::LocalSerial,
        }
    }

    /// What an error means. Where the server does not know a name of ours, the table is not what it should be.
    pub(crate) async fn explain(
        &self,
        operation: &'static str,
        table: &Table,
        error: ExecutionError,
    ) -> RecordError {
        if !is_of_schema(&error) {
            return record_error(operation, error);
        }
        match schema::check(self, table).await {
            Err(schema) => schema,
            Ok(()) => record_error(operation, error),
        }
    }

    pub(crate) fn close(&self) {
        let mut session = self.session.write().unwrap_or_else(PoisonError::into_inner);
        *session = None;
    }
}

fn builder(options: &CassandraOptions) -> SessionBuilder {
    // The driver tries nothing again by itself: what was conditional may have been decided.
    let mut balancing = DefaultPolicy::builder().token_aware(true);
    if let Some(datacenter) = &options.datacenter {
        balancing = balancing
            .prefer_datacenter(datacenter.clone())
            .permit_dc_failover(true);
    }
    let profile = ExecutionProfile::builder()
        .consistency(options.consistency)
        .serial_consistency(Some(options.serial_consistency))
        .request_timeout(Some(options.patience))
        .retry_policy(Arc::new(FallthroughRetryPolicy::new()))
        .load_balancing_policy(balancing.build())
        .build();
    let mut builder = SessionBuilder::new()
        .known_nodes(options.addresses())
        .default_execution_profile_handle(profile.into_handle())
        .connection_timeout(options.patience)
        .keyspaces_to_fetch([&options.keyspace]);
    if let Some((user, password)) = &options.credentials {
        builder = builder.user(user, password);
    }
    builder
}

#[cfg(feature = "tls")]
fn with_tls(
    builder: SessionBuilder,
    options: &CassandraOptions,
) -> Result<SessionBuilder, RecordError> {
    let config = options.tls.client_config()?;
    Ok(builder.tls_context(config.map(Arc::new)))
}

#[cfg(not(feature = "tls"))]
fn with_tls(
    builder: SessionBuilder,
    options: &CassandraOptions,
) -> Result<SessionBuilder, RecordError> {
    if options.tls == es_store::kit::Tls::Off {
        return Ok(builder);
    }
    Err(RecordError::Backend {
        operation: "open the database",
        source:
            "connections by TLS need the feature `tls` of `es-cassandra` (`cassandra-tls` of `es`)"
                .into(),
    })
}

/// How long a change of tables may take: all nodes come to know of it, one after another.
const CHANGE: Duration = Duration::from_secs(60);

/// Runs a statement that changes tables, and waits until all nodes know of it.
pub(crate) async fn change(session: &Session, text: &str) -> Result<(), ExecutionError> {
    let mut statement = Statement::new(text);
    statement.set_request_timeout(Some(CHANGE));
    session.query_unpaged(statement, ()).await.map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_is_closed_does_not_say_that_a_table_is_not_there() {
        let closed = Database {
            session: RwLock::new(None),
            options: CassandraOptions::new(["h"], "es"),
            max_mutation_bytes: 0,
            reading: Arc::new(DefaultRetryPolicy::new()),
        };
        let table = Table::stored_events();
        let checked = schema::check(&closed, &table).await;
        assert!(matches!(checked, Err(RecordError::Closed)), "{checked:?}");
        let found = schema::is_there(&closed, &table).await;
        assert!(matches!(found, Err(RecordError::Closed)), "{found:?}");
    }
}
