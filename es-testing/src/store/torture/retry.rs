//! Retries while a store is unavailable.

use std::time::Duration;

use es_store::RecordError;

/// Number of attempts and the pause between them: together as long as `scripts/services.sh` waits
/// for a server to start.
const ATTEMPTS: u32 = 1_800;
const PAUSE: Duration = Duration::from_millis(100);

/// Repeats an operation while the store is unavailable, because the server may have been killed and
/// be starting again.
pub(super) async fn retry_while_unavailable<T, F>(
    mut operation: impl FnMut() -> F,
) -> Result<T, RecordError>
where
    F: Future<Output = Result<T, RecordError>>,
{
    for _ in 1..ATTEMPTS {
        match operation().await {
            Err(RecordError::Unavailable { .. }) => tokio::time::sleep(PAUSE).await,
            outcome => return outcome,
        }
    }
    operation().await
}
