//! Whether connections to a server are encrypted, for the stores that have one.

use std::path::PathBuf;

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
    pub fn of(error: &std::io::Error) -> Option<Self> {
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

/// The parameters `sslmode` and `sslrootcert` of a URI.
#[derive(Debug, Clone, Default)]
pub struct TlsParameters {
    wanted: bool,
    roots: Option<PathBuf>,
}

impl TlsParameters {
    /// Takes a parameter, if it is one of these; says whether it is.
    ///
    /// # Errors
    ///
    /// The reason why its value cannot be used.
    pub fn take(&mut self, name: &str, value: &str) -> Result<bool, String> {
        match name {
            "sslmode" => self.wanted = wanted(value)?,
            "sslrootcert" => self.roots = Some(value.into()),
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// What they say together.
    ///
    /// # Errors
    ///
    /// The reason why they do not go together.
    pub fn tls(self) -> Result<Tls, String> {
        match (self.wanted, self.roots) {
            (false, None) => Ok(Tls::Off),
            (false, Some(_)) => {
                Err("`sslrootcert` needs `sslmode=verify-full` beside it".to_owned())
            }
            (true, None) => Ok(Tls::Verified),
            (true, Some(path)) => Ok(Tls::VerifiedBy(path)),
        }
    }
}

fn wanted(mode: &str) -> Result<bool, String> {
    match mode {
        "disable" | "allow" | "prefer" => Ok(false),
        "require" | "verify-ca" | "verify-full" => Ok(true),
        other => Err(format!(
            "`sslmode={other}` is not known; there is `disable`, `require` and `verify-full`"
        )),
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
