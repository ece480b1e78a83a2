//! Tests that the README shows the domain of the quick start, and that it has 20 lines of code.

const DOMAIN: &str = include_str!("../../examples/quickstart/world.rs");
const README: &str = include_str!("../../README.md");

#[test]
fn the_readme_shows_the_domain_of_the_quick_start() {
    assert!(
        README.contains(DOMAIN.trim()),
        "README.md does not hold examples/quickstart/world.rs as it is"
    );
}

#[test]
fn the_domain_is_twenty_lines_of_code() {
    let is_code =
        |line: &&str| !(line.is_empty() || line.starts_with("//") || line.starts_with("use "));
    let lines = DOMAIN.lines().map(str::trim).filter(is_code).count();
    assert!(lines <= 20, "{lines} lines");
}
