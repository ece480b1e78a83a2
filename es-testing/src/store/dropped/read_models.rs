//! The operations of a read model, and of the runners of projections into it.

use std::convert::Infallible;
use std::time::Duration;

use es_core::__private::Source;
use es_core::application::Application;
use es_core::domain::EventHeader;
use es_projection::{Projection, Projections, Runner};
use es_store::read_model::{ProjectionTables, ReadModel};
use es_store::{BoxError, EventTransaction, RecordError, RecordId, Table};

use super::{DropTest, dropped};

/// A projection without handlers.
struct Nothing;

/// By hand: this crate cannot use the macros, whose expansions name the facade.
impl<T: Send> Projection<T> for Nothing {
    const NAME: &'static str = "nothing";

    type Event = Infallible;

    const SOURCES: &'static [Source<Infallible>] = &[];

    async fn __handle(
        &self,
        event: &Infallible,
        _: &EventHeader,
        _: RecordId,
        _: &mut T,
    ) -> Result<(), BoxError> {
        match *event {}
    }
}

/// The way in which a transaction ends.
#[derive(Clone, Copy)]
enum End {
    Commit,
    Rollback,
}

/// Drops the futures of a read model in a database that also holds stored events. `drop_tables`
/// drops the tables of the positions if they exist.
///
/// # Panics
///
/// If an operation fails that is not dropped.
pub async fn drop_read_model_futures<M>(
    test: &mut DropTest<'_>,
    model: &M,
    drop_tables: impl AsyncFn(),
) where
    M: ReadModel,
    M::Transaction: EventTransaction + 'static,
{
    let setup = async || {
        drop_tables().await;
        let model = model.clone();
        dropped(async move { model.setup().await })
    };
    test.operation("setup of new tables", setup).await;
    let setup = async || {
        let model = model.clone();
        dropped(async move { model.setup().await })
    };
    test.operation("setup of existing tables", setup).await;
    drop_transaction_futures(test, model).await;
    drop_end_futures(test, model).await;
    drop_runner_futures(test, model).await;
}

async fn drop_transaction_futures<M>(test: &mut DropTest<'_>, model: &M)
where
    M: ReadModel,
    M::Transaction: EventTransaction + 'static,
{
    let begin = async || {
        let model = model.clone();
        dropped(async move { model.begin().await })
    };
    test.operation("begin", begin).await;
    for (name, end) in [
        ("a transaction with a commit", End::Commit),
        ("a transaction with a rollback", End::Rollback),
    ] {
        let whole = async || {
            model.setup().await.expect("the tables are created");
            let model = model.clone();
            dropped(async move { transact(&model, end).await })
        };
        test.operation(name, whole).await;
    }
    let append = async || {
        let model = model.clone();
        dropped(async move {
            let mut transaction = model.begin().await?;
            let appended = transaction.append(&Table::stored_events(), &[]).await;
            model.rollback(transaction).await?;
            appended
        })
    };
    test.operation("append in a transaction", append).await;
}

/// Begins, locks and changes the row of a projection, and ends the transaction.
async fn transact<M: ReadModel>(model: &M, end: End) -> Result<(), RecordError> {
    let mut transaction = model.begin().await?;
    let tables = model.tables();
    tables.insert(&mut transaction, "dropped").await?;
    if let Some(row) = tables.lock(&mut transaction, "dropped").await? {
        tables.put(&mut transaction, &row).await?;
    }
    match end {
        End::Commit => {
            drop(model.check(&mut transaction).await);
            drop(model.commit(transaction).await);
            Ok(())
        }
        End::Rollback => model.rollback(transaction).await,
    }
}

async fn drop_end_futures<M>(test: &mut DropTest<'_>, model: &M)
where
    M: ReadModel,
    M::Transaction: 'static,
{
    let commit = async || {
        let (model, transaction) = (model.clone(), begun(model).await);
        dropped(async move { model.commit(transaction).await })
    };
    test.operation("commit", commit).await;
    let rollback = async || {
        let (model, transaction) = (model.clone(), begun(model).await);
        dropped(async move { model.rollback(transaction).await })
    };
    test.operation("rollback", rollback).await;
    let check = async || {
        let (model, mut transaction) = (model.clone(), begun(model).await);
        dropped(async move { model.check(&mut transaction).await })
    };
    test.operation("check", check).await;
    let statement = async || {
        let (model, mut transaction) = (model.clone(), begun(model).await);
        dropped(async move { model.tables().rows(&mut transaction).await })
    };
    test.operation("a statement in a transaction", statement)
        .await;
    let run = async || {
        let (model, inner) = (model.clone(), model.clone());
        dropped(async move { model.run(async move { inner.begin().await }).await })
    };
    test.operation("run", run).await;
}

async fn begun<M: ReadModel>(model: &M) -> M::Transaction {
    model.setup().await.expect("the tables are created");
    let mut transaction = model.begin().await.expect("a transaction begins");
    let inserted = model.tables().insert(&mut transaction, "dropped").await;
    inserted.expect("the row is inserted");
    transaction
}

async fn drop_runner_futures<M>(test: &mut DropTest<'_>, model: &M)
where
    M: ReadModel,
    M::Transaction: 'static,
{
    let app = Application::builder().uri("memory:").open().await;
    let app = &app.expect("the application opens");
    let runner = || {
        let runner = Runner::new(Nothing, model.clone(), app);
        runner.expect("it can be followed").lease(LEASE)
    };
    let start = async || dropped(runner().start());
    test.operation("start of a runner", start).await;
    let stop = async || {
        let running = runner().start().await.expect("the runner starts");
        dropped(running.stop())
    };
    test.operation("stop of a runner", stop).await;
    // The task that renews the lease is aborted at a point that depends on the time.
    let mut round = 0;
    let renewal = async |_| {
        round += 1;
        let running = runner().start().await.expect("the runner starts");
        tokio::time::sleep(LEASE / 4 + Duration::from_micros(round * 97)).await;
        running.stop().await.expect("the runner stops");
        Ok(round >= RENEWALS)
    };
    test.attempts("renewal of a lease", renewal).await;
    let pause = async || {
        let projections = Projections::new(model.clone());
        dropped(async move { projections.pause("nothing").await })
    };
    test.operation("pause of a projection", pause).await;
}

/// A lease that is renewed all the time.
const LEASE: Duration = Duration::from_millis(20);

const RENEWALS: u64 = 40;
