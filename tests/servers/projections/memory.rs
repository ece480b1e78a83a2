//! Read models in memory.

use std::path::Path;

use es::projections::{MemoryReadModel, MemoryTransaction};
use es::{BoxError, EventHeader, RecordId, projection};

use super::domain::{Account, Balances, Deposited};
use super::store::{Faults, Store};

pub(crate) struct Memory;

pub(crate) struct InMemory(Faults);

#[projection(aggregates(Account), name = "balances", ignore_others)]
impl InMemory {
    #[subscribe_to(Deposited)]
    fn deposited(
        &self,
        event: &Deposited,
        header: &EventHeader,
        at: RecordId,
        balances: &mut MemoryTransaction<Balances>,
    ) -> Result<(), BoxError> {
        (self.0)(header, at)?;
        let balance = balances.entry(header.originator_id).or_default();
        balance.cents += event.cents;
        balance.deposits += 1;
        balance.last = at.get();
        Ok(())
    }
}

impl Store for Memory {
    const NAME: &'static str = "memory";

    type Model = MemoryReadModel<Balances>;
    type Projection = InMemory;

    async fn open(_: &Path) -> Self::Model {
        MemoryReadModel::default()
    }

    fn projection(faults: Faults) -> InMemory {
        InMemory(faults)
    }

    async fn read(model: &Self::Model) -> Balances {
        model.read().await.clone()
    }
}
