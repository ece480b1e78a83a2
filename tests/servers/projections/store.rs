//! The interface of the read-model stores to the cases.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use es::projections::{Projection, ReadModel, Runner, Running};
use es::{Application, BoxError, EventHeader, RecordId, Retry};

use super::domain::{Balances, fold, head};

/// A fault before an event is handled: an error, a panic or a pause.
pub(crate) type Faults = Arc<dyn Fn(&EventHeader, RecordId) -> Result<(), BoxError> + Send + Sync>;

/// A kind of read model on which the cases run.
pub(crate) trait Store: Send + Sync + 'static {
    const NAME: &'static str;

    type Model: ReadModel;
    /// A projection that sums deposits and calls its faults.
    type Projection: Projection<<Self::Model as ReadModel>::Transaction>;

    /// Opens the application whose events are followed.
    fn application(folder: &Path) -> impl Future<Output = Application> + Send {
        super::domain::application(folder)
    }

    /// Opens the read model of a folder and creates its table if it is missing.
    fn open(folder: &Path) -> impl Future<Output = Self::Model> + Send;

    fn projection(faults: Faults) -> Self::Projection;

    /// Reads the rows.
    fn read(model: &Self::Model) -> impl Future<Output = Balances> + Send;
}

/// A read-model store with SQL tables.
pub(crate) trait SqlStore: Store {
    /// Statements that replace the table `balances` by `balances_2` in a transaction.
    const SWITCH: &'static str;

    /// A policy that pays one more cent for each deposit of more than one into the same account, in
    /// the transaction of its position.
    type Policy: Projection<<Self::Model as ReadModel>::Transaction>;

    fn table(name: &str) -> String;

    fn projection_into(table: &'static str) -> Self::Projection;

    fn policy(app: &Application, faults: Faults) -> Self::Policy;

    /// Opens the read model in the database of the events, so that both commit together.
    fn open_with_events(folder: &Path) -> impl Future<Output = Self::Model> + Send {
        Self::open(folder)
    }

    fn execute(model: &Self::Model, sql: String) -> impl Future<Output = ()> + Send;

    fn execute_in(
        transaction: &mut <Self::Model as ReadModel>::Transaction,
        sql: &'static str,
    ) -> impl Future<Output = Result<(), BoxError>> + Send;
}

pub(crate) fn faultless() -> Faults {
    Arc::new(|_, _| Ok(()))
}

/// Longer than any awaited result takes.
pub(crate) const LONG: Duration = Duration::from_secs(60);

/// A read model, the application that it follows, and the folder of both.
pub(crate) struct Fixture<S: Store> {
    folder: tempfile::TempDir,
    pub(crate) app: Application,
    pub(crate) model: S::Model,
}

impl<S: Store> Fixture<S> {
    pub(crate) async fn new() -> Self {
        let folder = tempfile::tempdir().expect("a directory");
        let app = S::application(folder.path()).await;
        Self::open(app, folder).await
    }

    /// Creates a fixture for an existing application.
    pub(crate) async fn open(app: Application, folder: tempfile::TempDir) -> Self {
        let model = S::open(folder.path()).await;
        Self { folder, app, model }
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn runner(&self, faults: Faults) -> Runner<S::Projection, S::Model> {
        let runner = Runner::new(S::projection(faults), self.model.clone(), &self.app);
        runner
            .expect("a log")
            .retry(Retry::default().attempts(3).wait(Duration::from_millis(1)))
    }

    pub(crate) async fn start(&self, faults: Faults) -> Running<S::Model> {
        self.runner(faults)
            .start()
            .await
            .expect("the runner starts")
    }

    /// Waits until all stored events are handled.
    pub(crate) async fn settle(&self, running: &Running<S::Model>) {
        let head = head(&self.app).await;
        running
            .wait_for(head, LONG)
            .await
            .expect("the runner reaches the position");
    }

    pub(crate) async fn balances(&self) -> Balances {
        S::read(&self.model).await
    }

    pub(crate) async fn expect_fold(&self) {
        assert_eq!(self.balances().await, fold(&self.app).await);
    }
}

/// Waits until the condition holds.
pub(crate) async fn until<F: Future<Output = bool>>(mut holds: impl FnMut() -> F) {
    let wait = async {
        while !holds().await {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    tokio::time::timeout(LONG, wait).await.expect("in time");
}

/// Returns the name of the database of a folder: lower-case letters, digits and `_`.
pub(crate) fn name_of(folder: &Path) -> String {
    let name = folder.file_name().expect("a directory").as_encoded_bytes();
    let digits = name.iter().map(|byte| format!("{byte:02x}"));
    format!("es_{}", digits.collect::<String>())
}
