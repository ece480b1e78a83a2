use std::path::Path;
use std::process::Command;

/// Set where servers are those of `scripts/services.sh`, and may be killed.
const KILLS: &str = "ES_TORTURE_KILLS_SERVERS";

pub(super) fn may_be_killed() -> bool {
    std::env::var_os(KILLS).is_some()
}

/// Does something with a server by `scripts/services.sh`, which says what there is to do: `kill`, `up`.
///
/// # Panics
///
/// Where the script fails.
pub async fn service(action: &'static str, name: &'static str) {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scripts/services.sh");
    let doing = move || Command::new(script).args([action, name]).output();
    let output = tokio::task::spawn_blocking(doing).await.expect("no panic");
    let output = output.expect("a script that runs");
    assert!(output.status.success(), "{action} {name}: {output:?}");
}
