//! Parsing of URIs and environment variables into [`CassandraOptions`].

use es_store::kit::{TlsParameters, variable};
use es_store::{RecordError as Error, ServerAddress, StoreUri, UriHost, UriParameters};
use scylla::statement::{Consistency, SerialConsistency};

use crate::{CassandraOptions, Replication};

impl TryFrom<&StoreUri> for CassandraOptions {
    type Error = Error;

    fn try_from(uri: &StoreUri) -> Result<Self, Error> {
        parse(uri, Self::from_env()?)
    }
}

impl CassandraOptions {
    /// Reads the options from the environment. Missing variables give the defaults.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidSetting`] if the value of a variable is invalid or not Unicode.
    pub fn from_env() -> Result<Self, Error> {
        Self::from_variables(variable)
    }

    fn from_variables(
        variable: impl Fn(&'static str) -> Result<Option<String>, Error>,
    ) -> Result<Self, Error> {
        let mut options = Self::new(["127.0.0.1"], "eventsourcing");
        if let Some(hosts) = variable("CASSANDRA_HOSTS")? {
            options.hosts = hosts
                .split(',')
                .map(|host| host.trim().to_owned())
                .collect();
        }
        if let Some(keyspace) = variable("CASSANDRA_KEYSPACE")? {
            options.keyspace = keyspace;
        }
        let set = |setting, set: &mut dyn FnMut(&str) -> Result<(), String>| {
            let value = variable(setting)?;
            let set = value.as_deref().map_or(Ok(()), set);
            set.map_err(|reason| Error::InvalidSetting { setting, reason })
        };
        set("CASSANDRA_PORT", &mut |value| {
            options.port = number(value)?;
            Ok(())
        })?;
        set("CASSANDRA_PROTOCOL_VERSION", &mut check_protocol)?;
        set("CASSANDRA_CONSISTENCY_LEVEL", &mut |value| {
            options.consistency = consistency(value)?;
            Ok(())
        })?;
        set("CASSANDRA_REPLICATION_FACTOR", &mut |value| {
            options.replication = Replication::Simple(number(value)?);
            Ok(())
        })?;
        Ok(options)
    }
}

const EXAMPLE: &str = "cassandra://user:password@host:port,host:port/keyspace";

fn parse(uri: &StoreUri, mut options: CassandraOptions) -> Result<CassandraOptions, Error> {
    let ServerAddress {
        user,
        password,
        hosts,
        path,
        ..
    } = uri.server(EXAMPLE)?;
    options.credentials = match (user, password) {
        (None, None) => options.credentials,
        (user, Some(password)) => Some((user.unwrap_or_default(), password)),
        (Some(_), None) => {
            return Err(uri.invalid("a user needs a password, as in `user:password@host`"));
        }
    };
    if !hosts.is_empty() {
        options.hosts = hosts.iter().map(host).collect();
    }
    if let Some(keyspace) = path {
        options.keyspace = keyspace;
    }
    take_parameters(&mut options, uri.parameters()?)?;
    Ok(options)
}

fn host(UriHost { name, port, .. }: &UriHost) -> String {
    match port {
        None => name.clone(),
        Some(port) if name.contains(':') => format!("[{name}]:{port}"),
        Some(port) => format!("{name}:{port}"),
    }
}

fn take_parameters(
    options: &mut CassandraOptions,
    mut parameters: UriParameters<'_>,
) -> Result<(), Error> {
    if let Some(consistency) = parameters.parsed("consistency", consistency)? {
        options.consistency = consistency;
    }
    if let Some(consistency) = parameters.parsed("serial_consistency", serial_consistency)? {
        options.serial_consistency = consistency;
    }
    if let Some(factor) = parameters.parsed("replication_factor", number)? {
        options.replication = Replication::Simple(factor);
    }
    if let Some(centres) = parameters.list("replication")? {
        let centres: Option<_> = centres.iter().map(|text| datacenter(text)).collect();
        options.replication =
            Replication::ByDatacenter(centres.ok_or_else(|| {
                parameters.invalid("`replication` is not of the form `dc1:3,dc2:3`")
            })?);
    }
    if let Some(datacenter) = parameters.text("datacenter")? {
        options.datacenter = Some(datacenter);
    }
    let uuid = |text: &str| {
        let id = text.parse();
        id.map_err(|_| "`application_sequence` is not a UUID".to_owned())
    };
    if let Some(id) = parameters.parsed("application_sequence", uuid)? {
        options.application_sequence = Some(id);
    }
    parameters.parsed("protocol", check_protocol)?;
    options.tls = TlsParameters::SSLMODE.take(&mut parameters)?;
    parameters.finish()
}

fn datacenter(text: &str) -> Option<(String, u16)> {
    let (name, factor) = text.rsplit_once(':')?;
    Some((name.to_owned(), number(factor).ok()?))
}

fn number(value: &str) -> Result<u16, String> {
    let number = value.trim().parse();
    number.map_err(|_| format!("`{value}` is not a number from 0 to 65535"))
}

/// Accepts the versions of Python's settings. The driver always uses version 4.
fn check_protocol(value: &str) -> Result<(), String> {
    match number(value)? {
        3..=5 => Ok(()),
        other => Err(format!(
            "version {other} of the protocol is not supported; use 4"
        )),
    }
}

fn consistency(value: &str) -> Result<Consistency, String> {
    Ok(match value.to_ascii_uppercase().as_str() {
        "ONE" => Consistency::One,
        "TWO" => Consistency::Two,
        "THREE" => Consistency::Three,
        "QUORUM" => Consistency::Quorum,
        "ALL" => Consistency::All,
        "LOCAL_QUORUM" => Consistency::LocalQuorum,
        "EACH_QUORUM" => Consistency::EachQuorum,
        "LOCAL_ONE" => Consistency::LocalOne,
        _ => {
            return Err(format!(
                "the consistency level `{value}` is unknown or not valid for both reads and writes; use `LOCAL_QUORUM`, \
                 `QUORUM`, `EACH_QUORUM`, `ALL`, `ONE`, `TWO`, `THREE` or `LOCAL_ONE`"
            ));
        }
    })
}

fn serial_consistency(value: &str) -> Result<SerialConsistency, String> {
    match value.to_ascii_uppercase().as_str() {
        "SERIAL" => Ok(SerialConsistency::Serial),
        "LOCAL_SERIAL" => Ok(SerialConsistency::LocalSerial),
        _ => Err(format!(
            "the serial consistency level `{value}` is unknown; use `SERIAL` or `LOCAL_SERIAL`"
        )),
    }
}

#[cfg(test)]
mod tests {
    use es_store::Tls;

    use super::*;

    fn options(uri: &str) -> Result<CassandraOptions, String> {
        let defaults = CassandraOptions::from_variables(|_| Ok(None)).expect("defaults");
        let parsed = StoreUri::parse(uri).and_then(|uri| parse(&uri, defaults));
        parsed.map_err(|error| error.to_string())
    }

    #[test]
    fn all_parts_of_a_uri_are_parsed() {
        let options = options(
            "cassandra://app:se%40cret@a,b:9043/shop?consistency=quorum&serial_consistency=local_serial\
             &replication=dc1:3,dc2:2&datacenter=dc1&protocol=4&sslmode=verify-full&sslrootcert=/ca.pem",
        )
        .expect("valid");
        assert_eq!(options.addresses(), ["a:9042", "b:9043"]);
        assert_eq!(options.keyspace, "shop");
        assert_eq!(
            options.credentials,
            Some(("app".to_owned(), "se@cret".to_owned()))
        );
        assert_eq!(options.consistency, Consistency::Quorum);
        assert_eq!(options.serial_consistency, SerialConsistency::LocalSerial);
        let centres = vec![("dc1".to_owned(), 3), ("dc2".to_owned(), 2)];
        assert_eq!(options.replication, Replication::ByDatacenter(centres));
        assert_eq!(options.datacenter.as_deref(), Some("dc1"));
        assert_eq!(options.tls, Tls::VerifiedBy("/ca.pem".into()));
    }

    #[test]
    fn missing_parts_of_a_uri_have_the_defaults_of_python() {
        let options = options("cassandra:").expect("valid");
        assert_eq!(options.addresses(), ["127.0.0.1:9042"]);
        assert_eq!(options.keyspace, "eventsourcing");
        assert_eq!(options.consistency, Consistency::LocalQuorum);
        assert_eq!(options.replication, Replication::Simple(1));
        assert_eq!(options.credentials, None);
    }

    #[test]
    fn missing_parts_of_a_uri_come_from_the_environment() {
        let variables = |name: &'static str| {
            let value = match name {
                "CASSANDRA_HOSTS" => "one, two",
                "CASSANDRA_PORT" => "9999",
                "CASSANDRA_KEYSPACE" => "shop",
                "CASSANDRA_CONSISTENCY_LEVEL" => "One",
                "CASSANDRA_REPLICATION_FACTOR" => "3",
                "CASSANDRA_PROTOCOL_VERSION" => "5",
                _ => return Ok(None),
            };
            Ok(Some(value.to_owned()))
        };
        let options = CassandraOptions::from_variables(variables).expect("valid");
        assert_eq!(options.addresses(), ["one:9999", "two:9999"]);
        assert_eq!(options.consistency, Consistency::One);
        assert_eq!(options.replication, Replication::Simple(3));
        let uri = StoreUri::parse("cassandra:///other?consistency=ALL").expect("a scheme");
        let options = parse(&uri, options).expect("valid");
        assert_eq!(options.hosts, ["one", "two"]);
        assert_eq!(options.keyspace, "other");
        assert_eq!(options.consistency, Consistency::All);
    }

    #[test]
    fn other_uris_are_refused_with_a_reason_but_not_the_password() {
        for (uri, reason) in [
            ("cassandra:host/ks", "the form"),
            ("cassandra://user@host/ks", "needs a password"),
            ("cassandra://u:secret@h/k?consistency=SERIAL", "`SERIAL`"),
            ("cassandra://u:secret@h/k?replication=dc1", "`dc1:3,dc2:3`"),
            ("cassandra://u:secret@h/k?protocol=2", "version 2"),
            (
                "cassandra://u:secret@h/k?sslrootcert=x",
                "requires `sslmode",
            ),
            ("cassandra://u:secret@h/k?colour=red", "colour"),
            ("cassandra://u:%zz@h/k", "hexadecimal"),
            ("cassandra://u:%+4@h/k", "hexadecimal"),
        ] {
            let error = options(uri).expect_err(uri);
            assert!(error.contains(reason), "{uri}: {error}");
            assert!(!error.contains("secret"), "{uri}: {error}");
        }
    }

    #[test]
    fn a_variable_with_a_wrong_value_is_named() {
        let variables =
            |name: &'static str| Ok((name == "CASSANDRA_PORT").then(|| "ninety".to_owned()));
        let error = CassandraOptions::from_variables(variables).expect_err("no number");
        assert!(error.to_string().contains("CASSANDRA_PORT"), "{error}");
    }
}
