//! Prepared statements.

use scylla::client::session::Session;
use scylla::errors::PrepareError;
use scylla::statement::prepared::PreparedStatement;
use scylla::statement::unprepared::Statement;
use tokio::sync::OnceCell;

/// A statement that is prepared when it is first sent.
///
/// The driver prepares it again if the server has forgotten it, as servers do after a schema
/// change.
pub(crate) struct Prepared {
    statement: Statement,
    prepared: OnceCell<PreparedStatement>,
}

impl Prepared {
    /// Creates a conditional statement. It is not idempotent, so the driver never repeats it.
    pub(crate) fn conditional(cql: String) -> Self {
        let mut statement = Statement::new(cql);
        statement.set_is_idempotent(false);
        Self {
            statement,
            prepared: OnceCell::new(),
        }
    }

    /// Returns the prepared statement, and prepares it at the first call.
    pub(crate) async fn get(&self, session: &Session) -> Result<&PreparedStatement, PrepareError> {
        let prepare = || session.prepare(self.statement.clone());
        self.prepared.get_or_try_init(prepare).await
    }
}
