use std::time::Duration;

use es_store::RecordError;

/// How often it is asked again, and how long it waits between: as long in all as `scripts/services.sh` waits for a server.
const ATTEMPTS: u32 = 1_800;
const PAUSE: Duration = Duration::from_millis(100);

/// Asks again while the store says that it cannot answer now: its server may be one that was killed and starts again.
pub(super) async fn patiently<T, F>(mut ask: impl FnMut() -> F) -> Result<T, RecordError>
where
    F: Future<Output = Result<T, RecordError>>,
{
    for _ in 1..ATTEMPTS {
        match ask().await {
            Err(RecordError::Unavailable { .. }) => tokio::time::sleep(PAUSE).await,
            answer => return answer,
        }
    }
    ask().await
}
