//! Support for tests that run in a child process, because they measure state that all tests of a
//! process share.

use std::process::Command;

/// The variable that names the test for which a child process was started.
const VARIABLE: &str = "ES_TEST_CHILD";

/// Returns true in the child process. In the parent process, runs the test `name` in a child
/// process and fails if it fails there.
#[allow(clippy::print_stdout, reason = "a test prints")]
pub fn is_child(name: &str) -> bool {
    if std::env::var(VARIABLE).is_ok_and(|child| child == name) {
        return true;
    }
    let child = Command::new(std::env::current_exe().unwrap())
        .args([name, "--exact", "--nocapture"])
        .env(VARIABLE, name)
        .output()
        .unwrap();
    let printed = String::from_utf8_lossy(&child.stdout);
    println!("{printed}");
    assert!(
        child.status.success() && printed.contains("1 passed"),
        "{name}: {}",
        String::from_utf8_lossy(&child.stderr)
    );
    false
}
