//! Encrypted connections, for stores on a server.

use std::path::PathBuf;

use crate::error::RecordError;
use crate::uri::UriParameters;

/// Encryption of the connections to a server.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Tls {
    /// Connections are not encrypted.
    #[default]
    Off,
    /// Connections are encrypted, and the server's certificate and host name are checked against
    /// the system's trusted certificates. Requires the store's feature `tls`.
    Verified,
    /// Connections are encrypted, and the server is checked against the certificates of a PEM file.
    VerifiedBy(PathBuf),
}

/// A failure of TLS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum TlsFault {
    /// The server's certificate is untrusted, expired or issued for another name.
    Certificate,
    /// The server does not speak TLS, or shares no version or cipher with this program.
    Protocol,
}

impl TlsFault {
    /// Classifies the error of a connection; `None` if it is not an error of TLS, or the feature
    /// `tls` is off.
    #[must_use]
    pub fn from_error(error: &std::io::Error) -> Option<Self> {
        #[cfg(feature = "tls")]
        if let Some(error) = error.get_ref()?.downcast_ref::<rustls::Error>() {
            return Some(match error {
                rustls::Error::InvalidCertificate(_) => Self::Certificate,
                _ => Self::Protocol,
            });
        }
        #[cfg(not(feature = "tls"))]
        let _ = error;
        None
    }
}

/// The effect of a value of the mode.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TlsMode {
    /// Connections are not encrypted.
    Off,
    /// Connections are encrypted, and the server is verified.
    On,
}

/// The TLS parameters of a URI: their names, and the values of the mode.
#[derive(Debug, Clone, Copy)]
pub struct TlsParameters {
    /// The name of the parameter that turns TLS on or off.
    pub mode: &'static str,
    /// The values of the mode.
    pub modes: &'static [(&'static str, TlsMode)],
    /// The name of the parameter that holds the path of a PEM file.
    pub roots: &'static str,
    /// The mode that messages recommend.
    pub recommended: &'static str,
}

impl TlsParameters {
    /// The parameters of `PostgreSQL`.
    pub const SSLMODE: Self = Self {
        mode: "sslmode",
        modes: &[
            ("disable", TlsMode::Off),
            ("allow", TlsMode::Off),
            ("prefer", TlsMode::Off),
            ("require", TlsMode::On),
            ("verify-ca", TlsMode::On),
            ("verify-full", TlsMode::On),
        ],
        roots: "sslrootcert",
        recommended: "verify-full",
    };

    /// Takes the mode and the certificates. Default of the mode: off.
    ///
    /// # Errors
    ///
    /// [`RecordError::InvalidUri`](crate::RecordError::InvalidUri) if the mode is unknown, or if
    /// there are certificates but TLS is off.
    pub fn take(&self, parameters: &mut UriParameters<'_>) -> Result<Tls, RecordError> {
        let mode = parameters.choice(self.mode, self.modes)?;
        self.tls(mode.unwrap_or(TlsMode::Off), parameters)
    }

    /// Takes the mode and the certificates for a scheme that implies TLS. Default of the mode: on.
    ///
    /// # Errors
    ///
    /// The errors of [`take`](Self::take).
    pub fn take_encrypted(&self, parameters: &mut UriParameters<'_>) -> Result<Tls, RecordError> {
        let mode = parameters.choice(self.mode, self.modes)?;
        self.tls(mode.unwrap_or(TlsMode::On), parameters)
    }

    fn tls(&self, mode: TlsMode, parameters: &mut UriParameters<'_>) -> Result<Tls, RecordError> {
        match (mode, parameters.text(self.roots)?) {
            (TlsMode::Off, None) => Ok(Tls::Off),
            (TlsMode::Off, Some(_)) => Err(parameters.invalid(format!(
                "`{}` requires `{}={}`: add it to the URI",
                self.roots, self.mode, self.recommended
            ))),
            (TlsMode::On, None) => Ok(Tls::Verified),
            (TlsMode::On, Some(path)) => Ok(Tls::VerifiedBy(path.into())),
        }
    }
}

#[cfg(feature = "tls")]
pub use self::encrypted::TrustedRoots;

#[cfg(feature = "tls")]
mod encrypted {
    use std::path::Path;
    use std::sync::Arc;

    use rustls::client::WantsClientCert;
    use rustls::pki_types::CertificateDer;
    use rustls::pki_types::pem::PemObject;
    use rustls::{ClientConfig, ConfigBuilder, RootCertStore};

    use super::Tls;
    use crate::error::{BoxError, RecordError};

    impl Tls {
        /// Returns the configuration for a driver on `rustls`; `None` if connections are not
        /// encrypted.
        ///
        /// # Errors
        ///
        /// [`RecordError::Backend`] if the certificates cannot be read.
        pub fn client_config(&self) -> Result<Option<ClientConfig>, RecordError> {
            let roots = match self {
                Self::Off => return Ok(None),
                Self::Verified => TrustedRoots::from_system(),
                Self::VerifiedBy(path) => from_file(path).map_err(|fault| refused(path, &fault))?,
            };
            let config = roots
                .client_config()
                .map_err(|error| backend(error.into()))?;
            Ok(Some(config.with_no_client_auth()))
        }
    }

    /// The certificates of the authorities that a client trusts.
    #[derive(Debug, Clone)]
    pub struct TrustedRoots(RootCertStore);

    impl TrustedRoots {
        /// Loads the system's trusted certificates. Unreadable ones are logged and ignored.
        #[must_use]
        pub fn from_system() -> Self {
            let mut roots = RootCertStore::empty();
            let found = rustls_native_certs::load_native_certs();
            for error in &found.errors {
                tracing::warn!(%error, "a certificate of the system cannot be read and is ignored");
            }
            roots.add_parsable_certificates(found.certs);
            Self(roots)
        }

        /// Reads all certificates of a PEM text.
        ///
        /// # Errors
        ///
        /// The reason, without a part of the text, if the text is malformed or contains no
        /// certificate.
        pub fn from_pem(pem: &[u8]) -> Result<Self, String> {
            let mut roots = RootCertStore::empty();
            for certificate in CertificateDer::pem_slice_iter(pem) {
                // The parser's error quotes a line, which is a secret if the text is a private key.
                let certificate = certificate.map_err(|_| "it is not valid PEM".to_owned())?;
                roots.add(certificate).map_err(|error| error.to_string())?;
            }
            if roots.is_empty() {
                return Err("it contains no certificate".to_owned());
            }
            Ok(Self(roots))
        }

        /// Starts the configuration of a client that uses the cryptography of `ring`, whatever the
        /// process's default provider is.
        ///
        /// # Errors
        ///
        /// The error of `rustls`, if the provider supports no version of TLS.
        pub fn client_config(
            self,
        ) -> Result<ConfigBuilder<ClientConfig, WantsClientCert>, rustls::Error> {
            let provider = Arc::new(rustls::crypto::ring::default_provider());
            Ok(ClientConfig::builder_with_provider(provider)
                .with_safe_default_protocol_versions()?
                .with_root_certificates(self.0))
        }
    }

    fn from_file(path: &Path) -> Result<TrustedRoots, String> {
        let pem = std::fs::read(path).map_err(|error| error.to_string())?;
        TrustedRoots::from_pem(&pem)
    }

    fn refused(path: &Path, fault: &str) -> RecordError {
        backend(
            format!(
                "cannot read the certificates in `{}`: {fault}",
                path.display()
            )
            .into(),
        )
    }

    fn backend(source: BoxError) -> RecordError {
        RecordError::Backend {
            operation: "open the database",
            source,
        }
    }
}
