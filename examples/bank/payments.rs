//! The projection that carries out transfers.

use es::sqlite::SqliteTransaction;
use es::{Application, BoxError, Error, EventHeader, projection};
use uuid::Uuid;

use crate::account::Account;
use crate::transfer::{Transfer, TransferCreated};

/// Pays a requested transfer, or refuses it with a reason.
pub struct Payments {
    pub app: Application,
}

#[projection(aggregates(Transfer), name = "payments", ignore_others)]
impl Payments {
    /// Saves all aggregates in the transaction of the position, so that a transfer is paid once, on
    /// both sides.
    #[subscribe_to(TransferCreated)]
    async fn carry_out(
        &self,
        _: &TransferCreated,
        header: &EventHeader,
        transaction: &mut SqliteTransaction,
    ) -> Result<(), BoxError> {
        let mut transfer: Transfer = self.app.get_in(transaction, header.originator_id).await?;
        let from = self.account(transfer.from, transaction).await?;
        let to = self.account(transfer.to, transaction).await?;
        match (from, to) {
            _ if transfer.from == transfer.to => transfer.refuse("it is one account")?,
            (Some(mut from), Some(mut to)) => {
                let moved = from
                    .withdraw(transfer.cents)
                    .and_then(|()| to.deposit(transfer.cents));
                match moved {
                    Ok(()) => {
                        self.app.save_in(transaction, &mut from).await?;
                        self.app.save_in(transaction, &mut to).await?;
                        transfer.pay()?;
                    }
                    Err(reason) => transfer.refuse(reason.to_string())?,
                }
            }
            _ => transfer.refuse("there is no such account")?,
        }
        self.app.save_in(transaction, &mut transfer).await?;
        Ok(())
    }

    async fn account(
        &self,
        id: Uuid,
        transaction: &mut SqliteTransaction,
    ) -> es::Result<Option<Account>> {
        match self.app.get_in(transaction, id).await {
            Ok(account) => Ok(Some(account)),
            Err(Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }
}
