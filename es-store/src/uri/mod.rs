//! URIs of databases: scheme, server address and parameters, parsed once for all stores.

mod server_address;
mod store_uri;
mod uri_parameters;

pub use self::server_address::{ServerAddress, UriHost};
pub use self::store_uri::StoreUri;
pub use self::uri_parameters::UriParameters;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::RecordError;

    fn server(uri: &str) -> Result<ServerAddress, RecordError> {
        let uri = StoreUri::parse(uri)?;
        uri.parameters()?.finish()?;
        uri.server("db://user:password@host:port/database")
    }

    #[test]
    fn all_parts_of_an_address_are_decoded() {
        let address = server("db://a%70p:p%2F%3F%23%40%3Aw@h%31:1,[::1]:2,[fe80::1],::2,h/d%20b");
        let address = address.expect("valid");
        assert_eq!(address.user.as_deref(), Some("app"));
        assert_eq!(address.password.as_deref(), Some("p/?#@:w"));
        assert_eq!(address.path.as_deref(), Some("d b"));
        let hosts = address.hosts.iter();
        let hosts: Vec<_> = hosts.map(|host| (host.name.as_str(), host.port)).collect();
        assert_eq!(
            hosts,
            [
                ("h1", Some(1)),
                ("::1", Some(2)),
                ("fe80::1", None),
                ("::2", None),
                ("h", None)
            ]
        );
    }

    #[test]
    fn every_part_of_an_address_can_be_left_out() {
        for uri in ["db:", "db://", "db:///", "db://@/"] {
            let address = server(uri).expect(uri);
            assert_eq!((address.user, address.password), (None, None), "{uri}");
            assert_eq!((address.hosts, address.path), (Vec::new(), None), "{uri}");
        }
        let address = server("db://:pw@:1").expect("valid");
        assert_eq!(
            (address.user, address.password.as_deref()),
            (None, Some("pw"))
        );
        assert_eq!(
            (&*address.hosts[0].name, address.hosts[0].port),
            ("", Some(1))
        );
    }

    #[test]
    fn no_half_of_a_password_stands_in_an_error() {
        for mark in [
            "/",
            "?",
            "#",
            "%",
            ":/",
            "/?",
            "?a=1&",
            "?&",
            "?sslmode=",
            "@/",
            "@?x=",
        ] {
            for (user, end) in [
                ("u", "@h/d"),
                ("u", "@h:1/d?x=1"),
                ("", "@h"),
                ("u", "@h,i/d?a=1&b=2"),
            ] {
                let uri = format!("db://{user}:hun{mark}ter{end}");
                let error = server(&uri).expect_err(&uri);
                for shown in [error.to_string(), format!("{error:?}")] {
                    assert!(!shown.contains("hun"), "{uri}: {shown}");
                    assert!(!shown.contains("ter@"), "{uri}: {shown}");
                    assert!(!shown.contains("`ter"), "{uri}: {shown}");
                }
            }
        }
        let address = server("db://u:hun@ter@h/d").expect("the last `@` ends the password");
        assert_eq!(address.password.as_deref(), Some("hun@ter"));
        assert!(!format!("{address:?}").contains("hun"));
    }

    #[test]
    fn parameters_are_taken_once_and_none_is_left() {
        let uri = StoreUri::parse("db:?a=x%26y&b=1&list=p%2Cq,r&mode=RO&theirs=1").expect("valid");
        let mut parameters = uri.parameters().expect("well-formed");
        assert_eq!(parameters.text("a").expect("text").as_deref(), Some("x&y"));
        assert_eq!(parameters.text("a").expect("taken"), None);
        let number = parameters.parsed("b", |value| value.parse::<u8>().map_err(|e| e.to_string()));
        assert_eq!(number.expect("a number"), Some(1));
        let list = parameters.list("list").expect("a list").expect("given");
        assert_eq!(list, ["p,q", "r"]);
        let mode = parameters.choice("mode", &[("ro", 1), ("rw", 2)]);
        assert_eq!(mode.expect("known"), Some(1));
        let left = parameters.clone().finish().expect_err("one is left");
        assert!(
            left.to_string().contains("unknown parameter `theirs`"),
            "{left}"
        );
        parameters.ignore(&["theirs"]);
        parameters.finish().expect("none is left");
    }

    #[test]
    fn a_parameter_that_is_repeated_or_malformed_is_refused() {
        for (query, reason) in [
            ("a=1&a=2", "`a` is given twice"),
            ("secret", "of the form `name=value`"),
            ("se cret=1", "of the form `name=value`"),
            ("=secret", "of the form `name=value`"),
            (
                "mode=secret%20",
                "unknown value `mode=…`; the values are `ro`",
            ),
            ("mode=rx", "unknown value `mode=rx`"),
            ("mode=%zz", "the parameter `mode`: a `%`"),
        ] {
            let uri = StoreUri::parse(&format!("db:?{query}")).expect("a scheme");
            let taken = uri.parameters().and_then(|mut parameters| {
                parameters.choice("mode", &[("ro", ())])?;
                parameters.finish()
            });
            let error = taken.expect_err(query).to_string();
            assert!(error.contains(reason), "{query}: {error}");
            assert!(!error.contains("secret"), "{query}: {error}");
        }
    }
}
