use es_store::Table;

/// The tables of the format that an SQL database can have.
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

/// Checks that a store makes the tables of the format to the letter as a document says, which has a section `## …` for each
/// database, and in it the statements, each with `;` behind it.
///
/// # Panics
///
/// Where a statement is not among them.
pub fn assert_documented(document: &str, database: &str, create: impl Fn(&Table) -> Vec<String>) {
    let mut sections = document.split("## ");
    let section = sections.find_map(|section| section.strip_prefix(database)?.strip_prefix('\n'));
    let section = section.expect("a section of the database");
    let documented: Vec<&str> = section.split(";\n").map(str::trim).collect();
    for statement in tables_of_the_format().iter().flat_map(create) {
        assert!(documented.contains(&&*statement), "{statement}");
    }
}
