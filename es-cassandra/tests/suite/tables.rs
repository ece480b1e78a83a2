//! Tables of other shapes, and tables that other programs create or change.

use es_cassandra::CassandraDatastore;
use es_store::{Datastore, ItemQuery, RecordError, Table};
use es_testing::store::servers::text;
use uuid::Uuid;

use crate::server::{item, options_of};
use crate::statements::{Keyspace, stored};

cases![
    a_keyspace_with_an_invalid_name_is_refused,
    a_table_in_ascending_order_is_refused,
    a_table_of_other_types_or_keys_is_refused,
    a_table_of_another_program_is_used_unchanged,
    appends_continue_after_a_table_is_altered_or_recreated,
    a_damaged_row_is_named,
];

impl Keyspace {
    /// Creates a table `items` with these columns, and returns the reason of its refusal.
    async fn refusal(&self, columns: &str) -> String {
        self.run(&format!("CREATE TABLE items ({columns}")).await;
        let options = options_of(&self.0);
        let keyspace = CassandraDatastore::open(options)
            .await
            .expect("the store opens");
        let table = Table::snapshots().named("items");
        let records = keyspace
            .record_manager(table)
            .await
            .expect("the table opens");
        match records.setup().await {
            Err(error @ RecordError::Schema { .. }) => text(&error),
            other => panic!("the table must be refused, not {other:?}"),
        }
    }
}

async fn a_keyspace_with_an_invalid_name_is_refused(_: Keyspace) {
    let refused = CassandraDatastore::open(options_of("a b")).await.err();
    assert!(
        matches!(refused, Some(RecordError::Schema { .. })),
        "{refused:?}"
    );
}

async fn a_table_in_ascending_order_is_refused(keyspace: Keyspace) {
    let refusal = keyspace
        .refusal("sequence_id uuid, position bigint, topic text, data text, PRIMARY KEY (sequence_id, position))")
        .await;
    assert!(
        refusal.contains("`position` is in ascending order"),
        "{refusal}"
    );
}

async fn a_table_of_other_types_or_keys_is_refused(keyspace: Keyspace) {
    let refusal = keyspace
        .refusal(
            "sequence_id uuid, position int, another int, data text, PRIMARY KEY (sequence_id, position, another)) \
             WITH CLUSTERING ORDER BY (position DESC, another DESC)",
        )
        .await;
    for fault in [
        "`position` is declared as int, not as bigint",
        "`topic` is missing",
        "`another` is part of the key, but unknown",
    ] {
        assert!(refusal.contains(fault), "{refusal}");
    }
}

async fn a_table_of_another_program_is_used_unchanged(keyspace: Keyspace) {
    keyspace
        .run(
            "CREATE TABLE items (sequence_id uuid, position bigint, topic text, data text, note text, PRIMARY KEY \
             (sequence_id, position)) WITH CLUSTERING ORDER BY (position DESC) AND comment = 'ours'",
        )
        .await;
    let records = keyspace.table(Table::snapshots().named("items")).await;
    let id = Uuid::new_v4();
    records
        .append(vec![item(id, 0), item(id, 1)].into())
        .await
        .expect("the append succeeds");
    assert_eq!(stored(&records, id).await, [item(id, 0), item(id, 1)]);
}

/// The server forgets prepared statements after a schema change.
async fn appends_continue_after_a_table_is_altered_or_recreated(keyspace: Keyspace) {
    let records = keyspace.table(Table::snapshots().named("items")).await;
    let id = Uuid::new_v4();
    let list = vec![item(id, 1), item(id, 2)];
    let append_all = async || {
        records
            .append(vec![item(id, 0)].into())
            .await
            .expect("the append succeeds");
        records
            .append(list.clone().into())
            .await
            .expect("the append succeeds");
    };
    append_all().await;
    keyspace.run("ALTER TABLE items ADD note text").await;
    let taken = records.append(vec![item(id, 0)].into()).await;
    assert!(
        matches!(taken, Err(RecordError::Conflict { .. })),
        "{taken:?}"
    );
    let taken = records.append(list.clone().into()).await;
    assert!(
        matches!(taken, Err(RecordError::Conflict { .. })),
        "{taken:?}"
    );
    records
        .append(vec![item(id, 3)].into())
        .await
        .expect("the append succeeds");
    keyspace.run("DROP TABLE items").await;
    let gone = records.append(vec![item(id, 4)].into()).await;
    assert!(matches!(gone, Err(RecordError::Schema { .. })), "{gone:?}");
    records.setup().await.expect("the table is created");
    append_all().await;
    assert_eq!(stored(&records, id).await.len(), 3);
}

async fn a_damaged_row_is_named(keyspace: Keyspace) {
    let records = keyspace.table(Table::snapshots().named("items")).await;
    let id = Uuid::new_v4();
    let insert = format!("INSERT INTO items (sequence_id, position, topic) VALUES ({id}, 7, 't')");
    keyspace.run(&insert).await;
    let error = records
        .items(ItemQuery::new(id))
        .await
        .expect_err("no data");
    assert!(matches!(error, RecordError::Damaged { .. }), "{error:?}");
    let text = text(&error);
    assert!(
        text.contains(&id.to_string()) && text.contains('7') && text.contains("`data`"),
        "{text}"
    );
}
