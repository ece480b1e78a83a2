//! Whether connections to a server are encrypted, for the stores that have one.

use std::path::PathBuf;

use crate::error::RecordError;
use crate::uri::UriParameters;

/// Whether connections are encrypted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Tls {
    /// They are not.
    #[default]
    Off,
    /// They are, or there are none; the server's certificate and name are checked against the certificates that the
    /// system trusts. Needs the store's feature `tls`.
    Verified,
    /// The same, against the certificates of a PEM file.
    VerifiedBy(PathBuf),
}

/// What TLS has against a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum TlsFault {
    /// Its certificate: by an authority that is not trusted, for another name, out of date.
    Certificate,
    /// What it says is not TLS, or none that is understood.
    Speech,
}

impl TlsFault {
    /// Of the error of a connection; none where it is of another kind, or the feature `tls` is off.
    #[must_use]
    pub fn from_error(error: &std::io::Error) -> Option<Self> {
        #[cfg(feature = "tls")]
        if let Some(error) = error.get_ref()?.downcast_ref::<rustls::Error>() {
            return Some(match error {
                rustls::Error::InvalidCertificate(_) => Self::Certificate,
                _ => Self::Speech,
            });
        }
        #[cfg(not(feature = "tls"))]
        let _ = error;
        None
    }
}

/// The names that a URI has for the parameters of TLS, and for the values of the first of them.
#[derive(Debug, Clone, Copy)]
pub struct TlsParameters {
    /// The parameter that turns TLS on or off.
    pub mode: &'static str,
    /// Its values, and whether they turn TLS on.
    pub modes: &'static [(&'static str, bool)],
    /// The parameter that holds the path of a PEM file.
    pub roots: &'static str,
    /// The value of `mode` that messages recommend.
    pub recommended: &'static str,
}

impl TlsParameters {
    /// The names that `PostgreSQL` uses.
    pub const SSLMODE: Self = Self {
        mode: "sslmode",
        modes: &[
            ("disable", false),
            ("allow", false),
            ("prefer", false),
            ("require", true),
            ("verify-ca", true),
            ("verify-full", true),
        ],
        roots: "sslrootcert",
        recommended: "verify-full",
    };

    /// Takes both parameters.
    ///
    /// # Errors
    ///
    /// [`RecordError::InvalidUri`](crate::RecordError::InvalidUri) if the mode is unknown, or there are certificates without TLS.
    pub fn take(&self, parameters: &mut UriParameters<'_>) -> Result<Tls, RecordError> {
        let mode = parameters.choice(self.mode, self.modes)?;
        self.tls(mode.unwrap_or(false), parameters)
    }

    /// Takes the certificates only, where the scheme has turned TLS on.
    ///
    /// # Errors
    ///
    /// As [`take`](Self::take).
    pub fn take_encrypted(&self, parameters: &mut UriParameters<'_>) -> Result<Tls, RecordError> {
        let mode = parameters.choice(self.mode, self.modes)?;
        self.tls(mode.unwrap_or(true), parameters)
    }

    fn tls(&self, is_on: bool, parameters: &mut UriParameters<'_>) -> Result<Tls, RecordError> {
        match (is_on, parameters.text(self.roots)?) {
            (false, None) => Ok(Tls::Off),
            (false, Some(_)) => Err(parameters.refuse(format!(
                "`{}` needs `{}={}` beside it",
                self.roots, self.mode, self.recommended
            ))),
            (true, None) => Ok(Tls::Verified),
            (true, Some(path)) => Ok(Tls::VerifiedBy(path.into())),
        }
    }
}

#[cfg(feature = "tls")]
mod encrypted {
    use std::path::Path;
    use std::sync::Arc;

    use rustls::pki_types::CertificateDer;
    use rustls::pki_types::pem::PemObject;
    use rustls::{ClientConfig, RootCertStore};

    use super::Tls;
    use crate::error::{BoxError, RecordError};

    impl Tls {
        /// What a driver on `rustls` needs; none where connections are not encrypted.
        ///
        /// # Errors
        ///
        /// [`RecordError::Backend`] where the certificates cannot be read.
        pub fn client_config(&self) -> Result<Option<ClientConfig>, RecordError> {
            let roots = match self {
                Self::Off => return Ok(None),
                Self::Verified => of_the_system(),
                Self::VerifiedBy(path) => from_file(path).map_err(|fault| refused(path, &fault))?,
            };
            let provider = Arc::new(rustls::crypto::ring::default_provider());
            let config = ClientConfig::builder_with_provider(provider)
                .with_safe_default_protocol_versions()
                .map_err(|error| backend(error.into()))?
                .with_root_certificates(roots)
                .with_no_client_auth();
            Ok(Some(config))
        }
    }

    fn of_the_system() -> RootCertStore {
        let mut roots = RootCertStore::empty();
        let found = rustls_native_certs::load_native_certs();
        for error in &found.errors {
            tracing::warn!(%error, "a certificate of the system cannot be read");
        }
        roots.add_parsable_certificates(found.certs);
        roots
    }

    fn from_file(path: &Path) -> Result<RootCertStore, String> {
        let mut roots = RootCertStore::empty();
        let certificates =
            CertificateDer::pem_file_iter(path).map_err(|error| error.to_string())?;
        for certificate in certificates {
            let certificate = certificate.map_err(|error| error.to_string())?;
            roots.add(certificate).map_err(|error| error.to_string())?;
        }
        if roots.is_empty() {
            return Err("it holds no certificate".to_owned());
        }
        Ok(roots)
    }

    fn refused(path: &Path, fault: &str) -> RecordError {
        backend(format!("the certificates in `{}`: {fault}", path.display()).into())
    }

    fn backend(source: BoxError) -> RecordError {
        RecordError::Backend {
            operation: "open the database",
            source,
        }
    }
}
