//! Encrypted connections to a remote log.

use std::error::Error as StdError;
use std::io;

use es_core::error::{NotificationError, Result};
use es_store::kit::TrustedRoots;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{AlertDescription, CertificateError, ClientConfig};

use super::builder::invalid;

/// The certificates and the key of a remote log, as PEM text.
#[derive(Default)]
pub(super) struct TlsSettings {
    pub(super) root_certificates: Option<Vec<u8>>,
    pub(super) client_identity: Option<Vec<u8>>,
}

impl TlsSettings {
    /// Creates the configuration of the client.
    ///
    /// `reqwest` would take the process's default provider of cryptography, and panic if there is
    /// none.
    pub(super) fn client_config(&self) -> Result<ClientConfig> {
        let roots = match &self.root_certificates {
            Some(pem) => TrustedRoots::from_pem(pem)
                .map_err(|reason| invalid("root_certificates", &reason))?,
            None => TrustedRoots::from_system(),
        };
        let config = roots
            .client_config()
            .map_err(|error| invalid("client", &error))?;
        let mut config = match &self.client_identity {
            Some(pem) => {
                let identity = |reason| invalid("client_identity", &reason);
                let (chain, key) = read_identity(pem).map_err(identity)?;
                config
                    .with_client_auth_cert(chain, key)
                    .map_err(|error| invalid("client_identity", &error))?
            }
            None => config.with_no_client_auth(),
        };
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(config)
    }

    /// Refuses settings that have no effect because connections are not encrypted.
    pub(super) fn check_unused(&self) -> Result<()> {
        let reason = "the URL starts with `http://`, so connections are not encrypted: use \
                      `https://`, or remove this setting";
        if self.root_certificates.is_some() {
            return Err(invalid("root_certificates", &reason));
        }
        if self.client_identity.is_some() {
            return Err(invalid("client_identity", &reason));
        }
        Ok(())
    }
}

type Identity = (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>);

/// Reads the chain and the key. The reason contains no part of the text: the parser's errors quote
/// lines of it.
fn read_identity(pem: &[u8]) -> Result<Identity, &'static str> {
    let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    let chain = chain.map_err(|_| "it is not valid PEM")?;
    if chain.is_empty() {
        return Err("it contains no certificate: add the client's certificate to the text");
    }
    let key = PrivateKeyDer::from_pem_slice(pem).map_err(
        |_| "it contains no private key, or an encrypted one: add the key without encryption",
    )?;
    Ok((chain, key))
}

/// Returns the error of TLS behind a failed request, if a retry does not help.
pub(super) fn permanent_fault(base: &str, error: &reqwest::Error) -> Option<NotificationError> {
    let fault = rustls_error(error)?;
    match fault {
        rustls::Error::InvalidCertificate(certificate) => Some(NotificationError::Untrusted {
            reason: format!("{base}: {fault}{}", advice(certificate)),
        }),
        rustls::Error::InvalidMessage(_) if error.is_connect() => {
            Some(NotificationError::Untrusted {
                reason: format!("{base} does not answer with TLS: check the port of the URL"),
            })
        }
        rustls::Error::AlertReceived(alert) if rejects_client(*alert) => {
            let reason = format!(
                "{base} does not accept the client's certificate ({alert:?}): set one with \
                 `RemoteBuilder::client_identity`"
            );
            Some(NotificationError::Refused { reason })
        }
        _ => None,
    }
}

fn advice(error: &CertificateError) -> &'static str {
    match error {
        // The authority is unknown, or has the name of a trusted one but another key.
        CertificateError::UnknownIssuer | CertificateError::BadSignature => {
            "; if the server has its own authority, set that authority's certificate with \
             `RemoteBuilder::root_certificates`"
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            "; use a host name of the certificate in the URL"
        }
        _ => "; renew or replace the server's certificate",
    }
}

fn rejects_client(alert: AlertDescription) -> bool {
    matches!(
        alert,
        AlertDescription::NoCertificate
            | AlertDescription::BadCertificate
            | AlertDescription::UnsupportedCertificate
            | AlertDescription::CertificateRevoked
            | AlertDescription::CertificateExpired
            | AlertDescription::CertificateUnknown
            | AlertDescription::UnknownCA
            | AlertDescription::AccessDenied
            | AlertDescription::CertificateRequired
    )
}

fn rustls_error<'e>(error: &'e (dyn StdError + 'static)) -> Option<&'e rustls::Error> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref() {
            return Some(found);
        }
        next = match error.downcast_ref::<io::Error>() {
            // The source of an `io::Error` skips the error that it wraps.
            Some(error) => error
                .get_ref()
                .map(|inner| inner as &(dyn StdError + 'static)),
            None => error.source(),
        };
    }
    None
}
