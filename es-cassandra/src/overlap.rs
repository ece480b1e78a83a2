//! Whether reads see what was written before: what is not seen, a follower passes over for good.

use std::collections::BTreeMap;

use es_store::RecordError;
use scylla::statement::{Consistency, SerialConsistency};

use crate::database::Database;
use crate::{CassandraOptions, Replication, schema};

/// Where the replicas of a keyspace stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Replicas {
    InOneCentre,
    InSeveralCentres,
    /// Anywhere. A quorum is one of all of them, also where it has to be found in one centre; but who decides locally decides
    /// by those of one centre.
    Unplaced,
}

/// Checks that the options make reads see what was written, for the keyspace as it is replicated, or as it will be where it
/// is not there yet.
pub(crate) async fn check(database: &Database) -> Result<(), RecordError> {
    let options = database.options();
    let stored = schema::replication(database).await?;
    let replicas = stored.map_or_else(|| options.replication.replicas(), |stored| of(&stored));
    check_options(options, replicas)
}

fn check_options(options: &CassandraOptions, replicas: Replicas) -> Result<(), RecordError> {
    let reason = match (options.consistency, options.serial_consistency) {
        (Consistency::LocalQuorum, _) if replicas == Replicas::InSeveralCentres => {
            "the keyspace has replicas in several data centres: at the consistency LOCAL_QUORUM a read in one may miss what \
             was written in another, and a follower would pass it over: record ids need QUORUM, EACH_QUORUM or ALL, as in \
             `?consistency=QUORUM`, in all programs"
                .to_owned()
        }
        (
            Consistency::LocalQuorum
            | Consistency::Quorum
            | Consistency::EachQuorum
            | Consistency::All,
            serial,
        ) => {
            if replicas == Replicas::InOneCentre || serial == SerialConsistency::Serial {
                return Ok(());
            }
            "the keyspace has, or may have, replicas in several data centres: at the serial consistency LOCAL_SERIAL each \
             gives the same record ids to events of its own: record ids need SERIAL, in all programs"
                .to_owned()
        }
        (other, _) => format!(
            "at the consistency {other} a read may miss what was written, and a follower would pass it over: record ids need \
             LOCAL_QUORUM, QUORUM, EACH_QUORUM or ALL"
        ),
    };
    Err(RecordError::Invalid { reason })
}

impl Replication {
    fn replicas(&self) -> Replicas {
        match self {
            Self::Simple(_) => Replicas::Unplaced,
            Self::ByDatacenter(centres) => in_centres(centres.iter().filter(|(_, n)| *n > 0)),
        }
    }
}

/// Of a keyspace as the catalogue describes it.
fn of(replication: &BTreeMap<String, String>) -> Replicas {
    let class = replication.get("class").map_or("", String::as_str);
    if !class.ends_with("NetworkTopologyStrategy") {
        return Replicas::Unplaced;
    }
    let is_centre = |(name, factor): &(&String, &String)| *name != "class" && *factor != "0";
    in_centres(replication.iter().filter(is_centre))
}

fn in_centres<T>(centres: impl Iterator<Item = T>) -> Replicas {
    if centres.count() > 1 {
        Replicas::InSeveralCentres
    } else {
        Replicas::InOneCentre
    }
}

#[cfg(test)]
mod tests {
    use super::Replicas::{InOneCentre, InSeveralCentres, Unplaced};
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
    fn reads_see_what_was_written_in_their_data_centre_or_in_all() {
        let serial = SerialConsistency::Serial;
        for enough in [
            Consistency::Quorum,
            Consistency::EachQuorum,
            Consistency::All,
        ] {
            for replicas in [InOneCentre, InSeveralCentres] {
                assert_eq!(checked(enough, serial, replicas), Ok(()), "{enough}");
            }
        }
        for too_few in [Consistency::One, Consistency::Two, Consistency::LocalOne] {
            let refused = checked(too_few, serial, InOneCentre).expect_err("too few");
            assert!(refused.contains(&too_few.to_string()), "{refused}");
        }
        let local = Consistency::LocalQuorum;
        assert_eq!(checked(local, serial, InOneCentre), Ok(()));
        let refused = checked(local, serial, InSeveralCentres).expect_err("another centre");
        assert!(refused.contains("consistency=QUORUM"), "{refused}");
    }

    #[test]
    fn positions_are_decided_among_all_data_centres() {
        let serial = SerialConsistency::LocalSerial;
        assert_eq!(checked(Consistency::Quorum, serial, InOneCentre), Ok(()));
        let refused = checked(Consistency::Quorum, serial, InSeveralCentres);
        let refused = refused.expect_err("two decide");
        assert!(refused.contains("need SERIAL"), "{refused}");
    }

    #[test]
    fn a_data_centre_without_replicas_does_not_count() {
        for (factors, replicas) in [
            (&[3][..], InOneCentre),
            (&[3, 0], InOneCentre),
            (&[3, 1], InSeveralCentres),
        ] {
            let centres = factors.iter().zip(["dc1", "dc2"]);
            let asked = centres.clone().map(|(n, name)| (name.to_owned(), *n));
            let asked = Replication::ByDatacenter(asked.collect());
            assert_eq!(asked.replicas(), replicas, "{factors:?}");
            let mut stored: BTreeMap<_, _> = centres
                .map(|(n, name)| (name.to_owned(), n.to_string()))
                .collect();
            let class = "org.apache.cassandra.locator.NetworkTopologyStrategy";
            stored.insert("class".to_owned(), class.to_owned());
            assert_eq!(of(&stored), replicas, "{factors:?}");
        }
    }

    #[test]
    fn a_strategy_without_data_centres_may_place_replicas_in_several() {
        let stored = [
            ("class", "org.apache.cassandra.locator.SimpleStrategy"),
            ("replication_factor", "3"),
        ];
        let stored = stored.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(of(&stored.into()), Unplaced);
        assert_eq!(Replication::Simple(3).replicas(), Unplaced);
        let local = Consistency::LocalQuorum;
        assert_eq!(checked(local, SerialConsistency::Serial, Unplaced), Ok(()));
        let refused = checked(local, SerialConsistency::LocalSerial, Unplaced);
        assert!(refused.expect_err("two may decide").contains("need SERIAL"));
    }
}
