use std::sync::{Mutex, PoisonError};

use es_store::{RecordError, Table};

use crate::database::Database;
use crate::rows::IdForm;
use crate::schema;

/// How a table keeps ids, once somebody has looked.
#[derive(Default)]
pub(crate) struct Form(Mutex<Option<IdForm>>);

impl Form {
    /// Looks at the table the first time.
    pub(crate) async fn of(
        &self,
        database: &Database,
        table: &Table,
    ) -> Result<IdForm, RecordError> {
        let known = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(form) = known {
            return Ok(form);
        }
        let mut connection = database.connection("look at the table").await?;
        let form = schema::check(&mut *connection, table).await;
        let form = connection.keep_if_ok(form)?;
        self.set(Some(form));
        Ok(form)
    }

    /// The table is another from now on.
    pub(crate) fn forget(&self) {
        self.set(None);
    }

    fn set(&self, form: Option<IdForm>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = form;
    }
}
