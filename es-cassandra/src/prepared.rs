//! Statements that are prepared once.

use scylla::client::session::Session;
use scylla::errors::PrepareError;
use scylla::statement::prepared::PreparedStatement;
use scylla::statement::unprepared::Statement;
use tokio::sync::OnceCell;

/// A statement that is prepared when it is first sent. The driver prepares it again where a server has forgotten it, as servers
/// do when the table is changed.
pub(crate) struct Prepared {
    statement: Statement,
    prepared: OnceCell<PreparedStatement>,
}

impl Prepared {
    /// A conditional statement: to send it twice is not the same as to send it once.
    pub(crate) fn conditional(cql: String) -> Self {
        let mut statement = Statement::new(cql);
        statement.set_is_idempotent(false);
        Self {
            statement,
            prepared: OnceCell::new(),
        }
    }

    pub(crate) async fn on(&self, session: &Session) -> Result<&PreparedStatement, PrepareError> {
        let prepare = || session.prepare(self.statement.clone());
        self.prepared.get_or_try_init(prepare).await
    }
}
