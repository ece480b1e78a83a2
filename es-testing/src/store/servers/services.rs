//! Control of the servers of `scripts/services.sh`.

use std::path::Path;
use std::process::Command;

/// The environment variable that permits killing the servers, which must be those of
/// `scripts/services.sh`.
const KILLS: &str = "ES_TORTURE_KILLS_SERVERS";

pub(super) fn may_be_killed() -> bool {
    std::env::var_os(KILLS).is_some()
}

/// Runs an action of `scripts/services.sh`, such as `kill` or `up`, on a server.
///
/// # Panics
///
/// If the script fails.
pub async fn service(action: &'static str, name: &'static str) {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scripts/services.sh");
    let doing = move || Command::new(script).args([action, name]).output();
    let output = tokio::task::spawn_blocking(doing).await.expect("no panic");
    let output = output.expect("the script starts");
    assert!(output.status.success(), "{action} {name}: {output:?}");
}
