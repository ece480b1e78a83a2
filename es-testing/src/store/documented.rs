//! Comparison of a store's tables with the documented statements.

use es_store::Table;

/// Returns the tables of the stored format that an SQL database can have.
#[must_use]
pub fn tables_of_the_format() -> [Table; 6] {
    [
        Table::stored_events(),
        Table::integer_sequenced(),
        Table::integer_sequenced_no_id(),
        Table::timestamp_sequenced(),
        Table::timestamp_sequenced_no_id(),
        Table::snapshots(),
    ]
}

/// Checks that a document contains every statement by which a store creates the tables of the
/// format.
///
/// The document has a section `## …` for each database. A section holds the statements, each ended
/// by `;`.
///
/// # Panics
///
/// If the section or a statement is missing in the document.
pub fn assert_documented(document: &str, database: &str, create: impl Fn(&Table) -> Vec<String>) {
    let mut sections = document.split("## ");
    let section = sections.find_map(|section| section.strip_prefix(database)?.strip_prefix('\n'));
    let section = section.expect("the document has a section for the database");
    let documented: Vec<&str> = section.split(";\n").map(str::trim).collect();
    for statement in tables_of_the_format().iter().flat_map(create) {
        assert!(
            documented.contains(&&*statement),
            "the document lacks: {statement}"
        );
    }
}
