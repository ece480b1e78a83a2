//! Connections, with and without TLS.

use deadpool_postgres::{Manager, ManagerConfig, RecyclingMethod};
use es_core::RecordError;
use tokio::task::JoinHandle;
use tokio_postgres::tls::MakeTlsConnect;
use tokio_postgres::{AsyncMessage, Client, Config, Error, NoTls, Socket};

use crate::Tls;

/// Makes connections as a [`Tls`] says.
#[derive(Clone)]
pub(crate) enum Connector {
    Plain,
    #[cfg(feature = "tls")]
    Encrypted(tokio_postgres_rustls::MakeRustlsConnect),
}

/// What is done with each message that no statement asked for.
pub(crate) type OnMessage = Box<dyn Fn(AsyncMessage) + Send>;

impl Connector {
    pub(crate) fn of(tls: &Tls) -> Result<Self, RecordError> {
        match tls {
            Tls::Off => Ok(Self::Plain),
            #[cfg(feature = "tls")]
            Tls::Verified => encrypted::connector(None),
            #[cfg(feature = "tls")]
            Tls::VerifiedBy(path) => encrypted::connector(Some(path)),
            #[cfg(not(feature = "tls"))]
            _ => Err(unsupported()),
        }
    }

    /// Sets what the driver asks the server for.
    pub(crate) fn configure(&self, config: &mut Config) {
        config.ssl_mode(match self {
            Self::Plain => tokio_postgres::config::SslMode::Disable,
            #[cfg(feature = "tls")]
            Self::Encrypted(_) => tokio_postgres::config::SslMode::Require,
        });
    }

    pub(crate) fn manager(self, config: Config) -> Manager {
        let settings = ManagerConfig {
            recycling_method: RecyclingMethod::Fast,
        };
        match self {
            Self::Plain => Manager::from_config(config, NoTls, settings),
            #[cfg(feature = "tls")]
            Self::Encrypted(tls) => Manager::from_config(config, tls, settings),
        }
    }

    /// A connection of its own, and the task that ends with it.
    pub(crate) async fn connect(
        &self,
        config: &Config,
        on_message: OnMessage,
    ) -> Result<(Client, JoinHandle<()>), Error> {
        match self {
            Self::Plain => connect(config, NoTls, on_message).await,
            #[cfg(feature = "tls")]
            Self::Encrypted(tls) => connect(config, tls.clone(), on_message).await,
        }
    }
}

async fn connect<T>(
    config: &Config,
    tls: T,
    on_message: OnMessage,
) -> Result<(Client, JoinHandle<()>), Error>
where
    T: MakeTlsConnect<Socket>,
    T::Stream: Send + 'static,
{
    let (client, mut connection) = config.connect(tls).await?;
    let task = tokio::spawn(async move {
        let next = |context: &mut std::task::Context<'_>| connection.poll_message(context);
        let mut next = next;
        while let Some(Ok(message)) = std::future::poll_fn(&mut next).await {
            on_message(message);
        }
    });
    Ok((client, task))
}

#[cfg(not(feature = "tls"))]
fn unsupported() -> RecordError {
    RecordError::Backend {
        operation: "open the database",
        source:
            "connections by TLS need the feature `tls` of `es-postgres` (`postgres-tls` of `es`)"
                .into(),
    }
}

#[cfg(feature = "tls")]
mod encrypted {
    use std::path::Path;
    use std::sync::Arc;

    use es_core::RecordError;
    use rustls::pki_types::CertificateDer;
    use rustls::pki_types::pem::PemObject;
    use rustls::{ClientConfig, RootCertStore};
    use tokio_postgres_rustls::MakeRustlsConnect;

    use super::Connector;

    /// Checks servers against the certificates of a file, or those that the system trusts.
    pub(super) fn connector(file: Option<&Path>) -> Result<Connector, RecordError> {
        let roots = match file {
            Some(path) => from_file(path).map_err(|fault| refused(path, &fault))?,
            None => of_the_system(),
        };
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| RecordError::Backend {
                operation: "open the database",
                source: error.into(),
            })?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Connector::Encrypted(MakeRustlsConnect::new(config)))
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
        RecordError::Backend {
            operation: "open the database",
            source: format!("the certificates in `{}`: {fault}", path.display()).into(),
        }
    }
}
