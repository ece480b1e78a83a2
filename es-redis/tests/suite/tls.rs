//! TLS connections.

use std::env;
use std::path::PathBuf;

use es_core::error::Error;
use es_store::Tls;

use crate::own_server::OwnServer;
use crate::{sequence, text};

fn file(name: &str) -> PathBuf {
    let folder = env::var_os("ES_TLS").expect("ES_TLS is a folder with certificates");
    PathBuf::from(folder).join(name)
}

pub(crate) async fn a_tls_connection_is_verified_by_the_given_certificates() {
    let path = |name| file(name).to_str().expect("UTF-8").to_owned();
    let server = OwnServer::start_with(&[
        "--tls-cert-file",
        &path("server.pem"),
        "--tls-key-file",
        &path("server.key"),
        "--tls-ca-cert-file",
        &path("ca.pem"),
        "--tls-auth-clients",
        "no",
    ]);
    let mut options = server.options();
    // The certificate is for this name.
    "localhost".clone_into(&mut options.host);
    let verified_by = |authority| Tls::VerifiedBy(file(authority));
    let numbers = sequence(&options.clone().with_tls(verified_by("ca.pem")), "numbers");
    assert_eq!(numbers.next().await.expect("a number"), 0);
    numbers.at_least(7).await.expect("raised");
    assert_eq!(numbers.next().await.expect("a number"), 7);

    for tls in [verified_by("other-ca.pem"), Tls::Verified] {
        let numbers = sequence(&options.clone().with_tls(tls), "numbers");
        let error = numbers.next().await.expect_err("not trusted");
        assert!(matches!(error, Error::Store(_)), "{}", text(&error));
        assert!(text(&error).contains("is not trusted"), "{}", text(&error));
    }
    let mut by_address = server.options().with_tls(verified_by("ca.pem"));
    "127.0.0.1".clone_into(&mut by_address.host);
    let error = sequence(&by_address, "numbers")
        .next()
        .await
        .expect_err("another name");
    assert!(text(&error).contains("is not trusted"), "{}", text(&error));
    let plain = sequence(&options.clone().with_tls(Tls::Off), "numbers");
    assert!(matches!(plain.next().await, Err(Error::Unavailable(_))));
}
