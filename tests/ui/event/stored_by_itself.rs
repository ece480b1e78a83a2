use es::{EventStore, event};

#[event]
struct Counted {
    n: u32,
}

async fn keep(store: EventStore) -> es::Result<()> {
    store.append(&[Counted { n: 1 }]).await?;
    Ok(())
}

fn main() {}
