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

use crate::error::{is_schema_error, record_error, session_error};
use crate::statements::check_name;
use crate::{CassandraOptions, schema};

/// Capacity of the cache of prepared statements, enough for a few dozen tables.
const PREPARED_STATEMENTS: usize = 1_000;

/// The connections to one keyspace of a cluster.
pub(crate) struct Database {
    /// `None` after `close`.
    session: RwLock<Option<Arc<CachingSession>>>,
    options: CassandraOptions,
    max_mutation_bytes: usize,
    read_retries: Arc<dyn RetryPolicy>,
}

impl Database {
    pub(crate) async fn open(options: CassandraOptions) -> Result<Self, RecordError> {
        check_name(&options.keyspace, "the keyspace")?;
        let builder = with_tls(builder(&options), &options)?;
        // The driver has no timeout of its own for reading the metadata of the cluster.
        let session = match timeout(options.timeout, builder.build()).await {
            Ok(session) => session.map_err(session_error)?,
            Err(late) => {
                return Err(RecordError::Unavailable {
                    source: late.into(),
                });
            }
        };
        let max_mutation_bytes = schema::max_mutation_bytes(&session).await;
        Ok(Self {
            session: RwLock::new(Some(Arc::new(CachingSession::from(
                session,
                PREPARED_STATEMENTS,
            )))),
            options,
            max_mutation_bytes,
            read_retries: Arc::new(DefaultRetryPolicy::new()),
        })
    }

    pub(crate) fn session(&self) -> Result<Arc<CachingSession>, RecordError> {
        let session = self.session.read().unwrap_or_else(PoisonError::into_inner);
        session.clone().ok_or(RecordError::Closed)
    }

    pub(crate) const fn options(&self) -> &CassandraOptions {
        &self.options
    }

    pub(crate) const fn timeout(&self) -> Duration {
        self.options.timeout
    }

    /// Returns the largest change of one partition that the server accepts, in bytes.
    pub(crate) const fn max_mutation_bytes(&self) -> usize {
        self.max_mutation_bytes
    }

    /// Creates a statement that only reads, so the driver retries it on another node.
    pub(crate) fn read_statement(&self, text: &str, consistency: Consistency) -> Statement {
        let mut statement = Statement::new(text);
        statement.set_consistency(consistency);
        statement.set_is_idempotent(true);
        statement.set_retry_policy(Some(self.read_retries.clone()));
        statement
    }

    /// Returns the consistency level of reads that see the last conditional write, and complete it
    /// if it is undecided.
    pub(crate) const fn serial(&self) -> Consistency {
        match self.options.serial_consistency {
            SerialConsistency::Serial => Consistency::Serial,
            SerialConsistency::LocalSerial => Consistency::LocalSerial,
        }
    }

    /// Maps an error. If the server does not know a table or column, the schema is checked for the
    /// reason.
    pub(crate) async fn explain(
        &self,
        operation: &'static str,
        table: &Table,
        error: ExecutionError,
    ) -> RecordError {
        if !is_schema_error(&error) {
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
    // The driver must not retry by itself: after a write timeout, a conditional statement may have
    // been applied, and its repetition would be refused as a conflict with itself. `append` handles
    // this.
    let mut balancing = DefaultPolicy::builder().token_aware(true);
    if let Some(datacenter) = &options.datacenter {
        balancing = balancing
            .prefer_datacenter(datacenter.clone())
            .permit_dc_failover(true);
    }
    let profile = ExecutionProfile::builder()
        .consistency(options.consistency)
        .serial_consistency(Some(options.serial_consistency))
        .request_timeout(Some(options.timeout))
        .retry_policy(Arc::new(FallthroughRetryPolicy::new()))
        .load_balancing_policy(balancing.build())
        .build();
    let mut builder = SessionBuilder::new()
        .known_nodes(options.addresses())
        .default_execution_profile_handle(profile.into_handle())
        .connection_timeout(options.timeout)
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
    if options.tls == es_store::Tls::Off {
        return Ok(builder);
    }
    Err(RecordError::Backend {
        operation: "open the database",
        source:
            "TLS connections need the feature `cassandra-tls` of `es-rs` (`tls` of `es-cassandra`)"
                .into(),
    })
}

/// Timeout of a schema change, which reaches the nodes one after another.
const SCHEMA_TIMEOUT: Duration = Duration::from_secs(60);

/// Runs a statement that changes the schema, and waits until the nodes agree on it.
pub(crate) async fn change_schema(session: &Session, text: &str) -> Result<(), ExecutionError> {
    let mut statement = Statement::new(text);
    statement.set_request_timeout(Some(SCHEMA_TIMEOUT));
    session.query_unpaged(statement, ()).await.map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_closed_database_does_not_report_a_missing_table() {
        let closed = Database {
            session: RwLock::new(None),
            options: CassandraOptions::new(["h"], "es"),
            max_mutation_bytes: 0,
            read_retries: Arc::new(DefaultRetryPolicy::new()),
        };
        let table = Table::stored_events();
        let checked = schema::check(&closed, &table).await;
        assert!(matches!(checked, Err(RecordError::Closed)), "{checked:?}");
        let found = schema::exists(&closed, &table).await;
        assert!(matches!(found, Err(RecordError::Closed)), "{found:?}");
    }
}
