use es::{EventStore, event};

#[event]
struct Counted {
    n: u32,
}

struct Plain;

async fn keep(store: EventStore) -> es::Result<()> {
    store.append(&[Counted { n: 1 }]).await?;
    store.append(&[Plain]).await?;
    Ok(())
}

fn main() {}
