//! Remote logs at `https` URLs: verified, refused with a reason, and never in plain text.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::response::Redirect;
use axum::routing::get;
use es_core::error::{Error, NotificationError};
use es_core::notification_log::{
    Notification, NotificationLog, NotificationReader, Section, SectionRequest,
};
use es_http::{LogRouter, RemoteBuilder, RemoteNotificationLog, RunningServer};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::crypto::ring::default_provider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;

use crate::remote::remote;
use crate::support::{SOON, add, log, serve, start, table, url};

/// An authority that signs certificates of servers and clients.
struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        Self(CertifiedIssuer::self_signed(params, key).unwrap())
    }

    fn pem(&self) -> String {
        self.0.pem()
    }

    /// Returns a certificate for a host and its key.
    fn certificate(&self, host: &str) -> (String, String) {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new([host.to_owned()]).unwrap();
        let certificate = params.signed_by(&key, &self.0).unwrap();
        (certificate.pem(), key.serialize_pem())
    }

    /// Returns the configuration of a server that has a certificate for a host and accepts clients
    /// with a certificate of `clients`, or all clients.
    fn server(&self, host: &str, clients: Option<&Authority>) -> ServerConfig {
        let (certificate, key) = self.certificate(host);
        let provider = Arc::new(default_provider());
        let config = ServerConfig::builder_with_provider(Arc::clone(&provider));
        let config = config.with_safe_default_protocol_versions().unwrap();
        let config = match clients {
            Some(authority) => {
                let mut roots = RootCertStore::empty();
                roots.add(authority.0.der().clone()).unwrap();
                let roots = Arc::new(roots);
                let verifier = WebPkiClientVerifier::builder_with_provider(roots, provider);
                config.with_client_cert_verifier(verifier.build().unwrap())
            }
            None => config.with_no_client_auth(),
        };
        let chain = vec![CertificateDer::from_pem_slice(certificate.as_bytes()).unwrap()];
        let key = PrivateKeyDer::from_pem_slice(key.as_bytes()).unwrap();
        config.with_single_cert(chain, key).unwrap()
    }
}

/// Starts a TLS proxy in front of a server and returns the URL of its log.
async fn encrypt(server: &RunningServer, config: ServerConfig) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = https(listener.local_addr().unwrap());
    let (address, acceptor) = (server.address(), TlsAcceptor::from(Arc::new(config)));
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                let mut stream = acceptor.accept(stream).await?;
                copy_bidirectional(&mut stream, &mut TcpStream::connect(address).await?).await
            });
        }
    });
    url
}

fn https(address: SocketAddr) -> String {
    format!("https://{address}/notifications")
}

async fn fetch_section(remote: RemoteBuilder) -> Result<Section<Notification>, Error> {
    let remote = remote.build().unwrap();
    remote.section(SectionRequest::containing(1)).await
}

/// Returns the message of a server that is not trusted.
async fn distrust(remote: RemoteBuilder) -> String {
    match fetch_section(remote).await {
        Err(error @ Error::Notifications(NotificationError::Untrusted { .. })) => error.to_string(),
        other => panic!("{other:?}"),
    }
}

/// Returns the reason for which a setting is refused.
fn refusal(remote: RemoteBuilder, expected: &str) -> String {
    match remote.build().err() {
        Some(Error::InvalidSetting { setting, reason }) if setting == expected => reason,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_server_with_a_certificate_of_the_given_authority_is_read_and_followed() {
    let (authority, table) = (Authority::new(), table(2_346).await);
    let router = LogRouter::new(log(&table)).bearer_token("s3cret");
    let server = start(router.into_router()).await;
    let url = encrypt(&server, authority.server("127.0.0.1", None)).await;
    let remote = remote(&url)
        .bearer_token("s3cret")
        .root_certificates(authority.pem())
        .build()
        .unwrap();
    let mut reader = NotificationReader::new(remote);
    let expected = NotificationReader::new(log(&table)).read().await.unwrap();
    assert_eq!(reader.read().await.unwrap(), expected);
    add(&table, 2_346..2_347).await;
    let next = timeout(SOON, reader.follow().next()).await.unwrap();
    assert_eq!(next.unwrap().unwrap().record_id.get(), 2_347);
}

#[tokio::test]
async fn one_of_several_authorities_is_enough() {
    let (authority, server) = (Authority::new(), serve(1).await);
    let url = encrypt(&server, authority.server("127.0.0.1", None)).await;
    let bundle = format!("# ours\n{}\n{}", Authority::new().pem(), authority.pem());
    let section = fetch_section(remote(&url).root_certificates(bundle))
        .await
        .unwrap();
    assert_eq!(section.items.len(), 1);
}

#[tokio::test]
async fn a_certificate_of_another_authority_is_refused_at_once() {
    let server = serve(1).await;
    let url = encrypt(&server, Authority::new().server("127.0.0.1", None)).await;
    // The first one trusts another authority of the same name, the second one those of the system.
    for remote in [
        remote(&url).root_certificates(Authority::new().pem()),
        remote(&url),
    ] {
        let error = distrust(remote).await;
        assert!(error.contains(&url), "{error}");
        assert!(error.contains("invalid peer certificate"), "{error}");
        assert!(
            error.contains("`RemoteBuilder::root_certificates`"),
            "{error}"
        );
    }
}

#[tokio::test]
async fn a_certificate_of_another_host_is_refused() {
    let (authority, server) = (Authority::new(), serve(1).await);
    let url = encrypt(&server, authority.server("elsewhere.example", None)).await;
    let error = distrust(remote(&url).root_certificates(authority.pem())).await;
    assert!(error.contains("elsewhere.example"), "{error}");
    assert!(
        error.contains("use a host name of the certificate"),
        "{error}"
    );
}

#[tokio::test]
async fn a_server_without_tls_is_refused() {
    let error = distrust(remote(&https(serve(1).await.address()))).await;
    assert!(error.contains("does not answer with TLS"), "{error}");
}

#[tokio::test]
async fn a_client_identifies_itself_to_a_server_that_requires_it() {
    let (authority, server) = (Authority::new(), serve(1).await);
    let config = authority.server("127.0.0.1", Some(&authority));
    let url = encrypt(&server, config).await;
    let remote = || remote(&url).root_certificates(authority.pem());
    let (certificate, key) = authority.certificate("client.example");
    let section = fetch_section(remote().client_identity(certificate + &key)).await;
    assert_eq!(section.unwrap().items.len(), 1);
    // The connection may end before the alert is read, which is then an unavailable server.
    let error = fetch_section(remote()).await.unwrap_err();
    let is_refused = error
        .to_string()
        .contains("`RemoteBuilder::client_identity`");
    assert!(
        is_refused || matches!(error, Error::Unavailable(_)),
        "{error}"
    );
}

#[tokio::test]
async fn an_encrypted_log_follows_no_redirect_to_plain_text() {
    let (authority, plain) = (Authority::new(), serve(1).await);
    let to = format!("{}/1,20/", url(&plain));
    let redirect = get(move || async move { Redirect::temporary(&to) });
    let server = start(Router::new().fallback(redirect)).await;
    let url = encrypt(&server, authority.server("127.0.0.1", None)).await;
    let error = fetch_section(remote(&url).root_certificates(authority.pem()))
        .await
        .unwrap_err();
    assert!(
        matches!(
            error,
            Error::Notifications(NotificationError::Refused { .. })
        ),
        "{error}"
    );
    assert!(error.to_string().contains("redirects"), "{error}");
}

#[test]
fn malformed_certificates_and_keys_are_refused_and_never_shown() {
    let (certificate, key) = Authority::new().certificate("client.example");
    let other_key = KeyPair::generate().unwrap().serialize_pem();
    // A text that lost its line breaks is a single line, which errors of the parser quote.
    let one_line = |pem: &str| pem.replace('\n', " ");
    let secret = key.lines().nth(1).unwrap();
    let remote = || remote("https://localhost/notifications");
    for pem in [
        String::new(),
        key.clone(),
        one_line(&key),
        one_line(&certificate),
    ] {
        let reason = refusal(remote().root_certificates(pem.clone()), "root_certificates");
        assert!(!reason.contains(secret), "{reason}");
        let reason = refusal(remote().client_identity(pem), "client_identity");
        assert!(!reason.contains(secret), "{reason}");
    }
    for identity in [certificate.clone(), certificate.clone() + &other_key] {
        refusal(remote().client_identity(identity), "client_identity");
    }
    let identity = certificate + "\n" + &one_line(&key);
    let reason = refusal(remote().client_identity(identity), "client_identity");
    assert!(!reason.contains(secret), "{reason}");
}

#[test]
fn certificates_without_encryption_are_refused() {
    let (certificate, key) = Authority::new().certificate("client.example");
    let remote = || RemoteNotificationLog::builder("http://localhost/notifications");
    let reason = refusal(
        remote().root_certificates(certificate.clone()),
        "root_certificates",
    );
    assert!(reason.contains("`https://`"), "{reason}");
    refusal(
        remote().client_identity(certificate + &key),
        "client_identity",
    );
}
