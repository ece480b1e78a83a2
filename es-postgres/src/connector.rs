//! New connections, with and without TLS.

use deadpool_postgres::{Manager, ManagerConfig, RecyclingMethod};
use es_store::RecordError;
use tokio::task::JoinHandle;
use tokio_postgres::tls::MakeTlsConnect;
use tokio_postgres::{AsyncMessage, Client, Config, Error, NoTls, Socket};

use es_store::Tls;

/// Opens connections with or without TLS.
#[derive(Clone)]
pub(crate) enum Connector {
    Plain,
    #[cfg(feature = "tls")]
    Encrypted(tokio_postgres_rustls::MakeRustlsConnect),
}

/// Called with each message that answers no statement.
pub(crate) type OnMessage = Box<dyn Fn(AsyncMessage) + Send>;

impl Connector {
    pub(crate) fn new(tls: &Tls) -> Result<Self, RecordError> {
        match tls {
            Tls::Off => Ok(Self::Plain),
            #[cfg(feature = "tls")]
            tls => {
                let config = tls.client_config()?;
                Ok(config.map_or(Self::Plain, |config| {
                    Self::Encrypted(tokio_postgres_rustls::MakeRustlsConnect::new(config))
                }))
            }
            #[cfg(not(feature = "tls"))]
            _ => Err(unsupported()),
        }
    }

    /// Sets the mode in which the driver connects.
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

    /// Opens a connection outside the pool; returns it with the task that drives it.
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
            "connections by TLS need the feature `tls` of `es-postgres` (`postgres-tls` of `es-rs`)"
                .into(),
    }
}
