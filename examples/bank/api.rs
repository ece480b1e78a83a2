//! The HTTP API. A request that writes returns the record id of its last event as `position`; `GET
//! /balances?after=…` waits until the balances include that event.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use es::projections::Running;
use es::sqlite::SqliteReadModel;
use es::store::Appended;
use es::{Aggregate, Application, BoxError, Error, RecordId, Retry};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::account::Account;
use crate::balances::{self, Balance};
use crate::transfer::Transfer;

/// After a crash, the next process takes over when the lease has expired.
pub const LEASE: Duration = Duration::from_secs(2);

/// Longer than the lease, so that a request during a takeover is answered.
const TIMEOUT: Duration = Duration::from_secs(10);

pub struct Bank {
    pub app: Application,
    pub model: SqliteReadModel,
    pub payments: Running<SqliteReadModel>,
    pub balances: Running<SqliteReadModel>,
}

type Shared = State<Arc<Bank>>;
type Answer<T> = Result<Json<T>, Failure>;

pub fn router(bank: Bank) -> Router {
    Router::new()
        .route("/accounts", post(open))
        .route("/accounts/{id}", get(account))
        .route("/accounts/{id}/deposits", post(deposit))
        .route("/accounts/{id}/withdrawals", post(withdraw))
        .route("/transfers", post(transfer))
        .route("/balances", get(all_balances))
        .with_state(Arc::new(bank))
}

#[derive(Deserialize)]
struct Opening {
    owner: String,
}

#[derive(Deserialize)]
struct Amount {
    cents: i64,
}

#[derive(Deserialize)]
struct Order {
    from: Uuid,
    to: Uuid,
    cents: i64,
}

#[derive(Deserialize)]
struct After {
    #[serde(default)]
    after: u64,
}

#[derive(Serialize)]
struct Done {
    id: Uuid,
    position: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    outcome: Option<String>,
}

#[derive(Serialize)]
struct Statement {
    version: u64,
    owner: String,
    cents: i64,
}

impl Done {
    fn saved(id: Uuid, appended: &Appended) -> Json<Self> {
        let position = last(appended).get();
        Json(Self {
            id,
            position,
            outcome: None,
        })
    }
}

fn last(appended: &Appended) -> RecordId {
    appended.last().unwrap_or(RecordId::new(0))
}

async fn open(State(bank): Shared, Json(opening): Json<Opening>) -> Answer<Done> {
    let mut account = Account::create(opening.owner)?;
    let appended = bank.app.save(&mut account).await?;
    Ok(Done::saved(account.id(), &appended))
}

/// Returns the current state, replayed from the events.
async fn account(State(bank): Shared, Path(id): Path<Uuid>) -> Answer<Statement> {
    let account: Account = bank.app.get(id).await?;
    Ok(Json(Statement {
        version: account.version().get(),
        owner: account.owner,
        cents: account.cents,
    }))
}

async fn deposit(state: Shared, id: Path<Uuid>, amount: Json<Amount>) -> Answer<Done> {
    let cents = amount.cents;
    change(state, id, move |account| account.deposit(cents)).await
}

async fn withdraw(state: Shared, id: Path<Uuid>, amount: Json<Amount>) -> Answer<Done> {
    let cents = amount.cents;
    change(state, id, move |account| account.withdraw(cents)).await
}

/// Loads an account, decides, and saves; repeats this after a conflict.
async fn change(
    State(bank): Shared,
    Path(id): Path<Uuid>,
    decide: impl Fn(&mut Account) -> Result<(), BoxError>,
) -> Answer<Done> {
    let changed = es::retry(Retry::default(), || async {
        let mut account: Account = bank.app.get(id).await?;
        if let Err(refusal) = decide(&mut account) {
            return Ok(Err(refusal));
        }
        bank.app.save(&mut account).await.map(Ok)
    });
    let appended = changed.await?.map_err(Failure::Refused)?;
    Ok(Done::saved(id, &appended))
}

/// Requests a transfer and waits until the projection has carried it out.
async fn transfer(State(bank): Shared, Json(order): Json<Order>) -> Answer<Done> {
    let mut transfer = Transfer::create(order.from, order.to, order.cents)?;
    let asked = bank.app.save(&mut transfer).await?;
    bank.payments.wait_for(last(&asked), TIMEOUT).await?;
    let transfer: Transfer = bank.app.get(transfer.id()).await?;
    let records = bank.app.event_store().record_manager();
    Ok(Json(Done {
        id: transfer.id(),
        // Includes the events that the projection saved.
        position: records.max_record_id().await.map_err(Error::from)?.get(),
        outcome: transfer.outcome,
    }))
}

async fn all_balances(
    State(bank): Shared,
    Query(After { after }): Query<After>,
) -> Answer<Vec<Balance>> {
    bank.balances.wait_for(after, TIMEOUT).await?;
    let balances = bank.model.read(balances::all);
    Ok(Json(balances.await.map_err(Error::from)?))
}

enum Failure {
    /// The domain refused the command.
    Refused(BoxError),
    Failed(Error),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let (status, text) = match self {
            Self::Refused(refusal) => (StatusCode::UNPROCESSABLE_ENTITY, refusal.to_string()),
            Self::Failed(error) => {
                let status = match error {
                    Error::NotFound { .. } => StatusCode::NOT_FOUND,
                    Error::Conflict { .. } => StatusCode::CONFLICT,
                    _ => StatusCode::SERVICE_UNAVAILABLE,
                };
                (status, error.to_string())
            }
        };
        (status, text).into_response()
    }
}
