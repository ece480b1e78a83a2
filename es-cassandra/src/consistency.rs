//! The check that reads see all completed writes, which record ids need.
//!
//! A follower that sees the position of an event but not yet the event skips it permanently. So every
//! read must reach a replica that took part in the write.

use std::collections::BTreeMap;

use es_store::RecordError;
use scylla::statement::{Consistency, SerialConsistency};

use crate::database::Database;
use crate::{CassandraOptions, Replication, schema};

/// The placement of a keyspace's replicas.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Replicas {
    SingleDatacenter,
    SeveralDatacenters,
    /// The strategy ignores data centres. Any quorum, even a local one, counts all replicas, but
    /// `LOCAL_SERIAL` decides among the replicas of one data centre.
    Any,
}

/// Checks the consistency levels against the replication of the keyspace. If the keyspace is
/// absent, the replication is the one with which it will be created.
///
/// # Errors
///
/// [`RecordError::Invalid`] if reads may miss completed writes.
pub(crate) async fn check(database: &Database) -> Result<(), RecordError> {
    let options = database.options();
    let stored = schema::replication(database).await?;
    let replicas = stored.map_or_else(
        || options.replication.replicas(),
        |stored| stored_replicas(&stored),
    );
    check_options(options, replicas)
}

fn check_options(options: &CassandraOptions, replicas: Replicas) -> Result<(), RecordError> {
    let reason = match (options.consistency, options.serial_consistency) {
        (Consistency::LocalQuorum, _) if replicas == Replicas::SeveralDatacenters => {
            "with LOCAL_QUORUM, a read in one data centre may miss a write in another, and a follower would skip the event, \
             because the keyspace has replicas in several data centres; for record ids use QUORUM, EACH_QUORUM or ALL in \
             all programs, as in `?consistency=QUORUM`"
                .to_owned()
        }
        (
            Consistency::LocalQuorum
            | Consistency::Quorum
            | Consistency::EachQuorum
            | Consistency::All,
            serial,
        ) => {
            if replicas == Replicas::SingleDatacenter || serial == SerialConsistency::Serial {
                return Ok(());
            }
            "with LOCAL_SERIAL, each data centre decides alone and may give one record id to two events, because the \
             keyspace has, or may have, replicas in several data centres; record ids need SERIAL in all programs"
                .to_owned()
        }
        (other, _) => format!(
            "with the consistency level {other}, a read may miss a completed write, and a follower would skip the event; \
             record ids need LOCAL_QUORUM, QUORUM, EACH_QUORUM or ALL"
        ),
    };
    Err(RecordError::Invalid { reason })
}

impl Replication {
    fn replicas(&self) -> Replicas {
        match self {
            Self::Simple(_) => Replicas::Any,
            Self::ByDatacenter(centres) => in_datacenters(centres.iter().filter(|(_, n)| *n > 0)),
        }
    }
}

/// Returns the placement of replicas that the system schema describes.
fn stored_replicas(replication: &BTreeMap<String, String>) -> Replicas {
    let class = replication.get("class").map_or("", String::as_str);
    if !class.ends_with("NetworkTopologyStrategy") {
        return Replicas::Any;
    }
    let is_datacenter = |(name, factor): &(&String, &String)| *name != "class" && *factor != "0";
    in_datacenters(replication.iter().filter(is_datacenter))
}

fn in_datacenters<T>(centres: impl Iterator<Item = T>) -> Replicas {
    if centres.count() > 1 {
        Replicas::SeveralDatacenters
    } else {
        Replicas::SingleDatacenter
    }
}

#[cfg(test)]
mod tests {
    use super::Replicas::{Any, SeveralDatacenters, SingleDatacenter};
    use super::*;

    fn checked(
        consistency: Consistency,
        serial: SerialConsistency,
        replicas: Replicas,
    ) -> Result<(), String> {
        let options = CassandraOptions::new(["h"], "es")
            .with_consistency(consistency)
            .with_serial_consistency(serial);
        check_options(&options, replicas).map_err(|error| error.to_string())
    }

    #[test]
    fn consistency_levels_below_a_quorum_are_refused() {
        let serial = SerialConsistency::Serial;
        for enough in [
            Consistency::Quorum,
            Consistency::EachQuorum,
            Consistency::All,
        ] {
            for replicas in [SingleDatacenter, SeveralDatacenters] {
                assert_eq!(checked(enough, serial, replicas), Ok(()), "{enough}");
            }
        }
        for too_few in [Consistency::One, Consistency::Two, Consistency::LocalOne] {
            let refused = checked(too_few, serial, SingleDatacenter).expect_err("too few");
            assert!(refused.contains(&too_few.to_string()), "{refused}");
        }
        let local = Consistency::LocalQuorum;
        assert_eq!(checked(local, serial, SingleDatacenter), Ok(()));
        let refused = checked(local, serial, SeveralDatacenters).expect_err("another centre");
        assert!(refused.contains("consistency=QUORUM"), "{refused}");
    }

    #[test]
    fn local_serial_is_refused_with_several_data_centres() {
        let serial = SerialConsistency::LocalSerial;
        assert_eq!(
            checked(Consistency::Quorum, serial, SingleDatacenter),
            Ok(())
        );
        let refused = checked(Consistency::Quorum, serial, SeveralDatacenters);
        let refused = refused.expect_err("two decide");
        assert!(refused.contains("need SERIAL"), "{refused}");
    }

    #[test]
    fn a_data_centre_without_replicas_does_not_count() {
        for (factors, replicas) in [
            (&[3][..], SingleDatacenter),
            (&[3, 0], SingleDatacenter),
            (&[3, 1], SeveralDatacenters),
        ] {
            let centres = factors.iter().zip(["dc1", "dc2"]);
            let configured = centres.clone().map(|(n, name)| (name.to_owned(), *n));
            let configured = Replication::ByDatacenter(configured.collect());
            assert_eq!(configured.replicas(), replicas, "{factors:?}");
            let mut stored: BTreeMap<_, _> = centres
                .map(|(n, name)| (name.to_owned(), n.to_string()))
                .collect();
            let class = "org.apache.cassandra.locator.NetworkTopologyStrategy";
            stored.insert("class".to_owned(), class.to_owned());
            assert_eq!(stored_replicas(&stored), replicas, "{factors:?}");
        }
    }

    #[test]
    fn a_strategy_without_data_centres_may_place_replicas_in_several() {
        let stored = [
            ("class", "org.apache.cassandra.locator.SimpleStrategy"),
            ("replication_factor", "3"),
        ];
        let stored = stored.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(stored_replicas(&stored.into()), Any);
        assert_eq!(Replication::Simple(3).replicas(), Any);
        let local = Consistency::LocalQuorum;
        assert_eq!(checked(local, SerialConsistency::Serial, Any), Ok(()));
        let refused = checked(local, SerialConsistency::LocalSerial, Any);
        assert!(refused.expect_err("two may decide").contains("need SERIAL"));
    }
}
