//! Streams to the server, with or without TLS.

use std::io;

use es_store::RecordError;
use es_store::Tls;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;

use crate::RedisOptions;

/// A stream to the server, for the driver.
pub(crate) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

/// Opens streams, with TLS if it is configured.
pub(crate) enum Connector {
    Plain,
    #[cfg(feature = "tls")]
    Encrypted(tokio_rustls::TlsConnector),
}

impl Connector {
    #[cfg(feature = "tls")]
    pub(crate) fn new(tls: &Tls) -> Result<Self, RecordError> {
        Ok(tls.client_config()?.map_or(Self::Plain, |config| {
            Self::Encrypted(tokio_rustls::TlsConnector::from(std::sync::Arc::new(
                config,
            )))
        }))
    }

    #[cfg(not(feature = "tls"))]
    pub(crate) fn new(tls: &Tls) -> Result<Self, RecordError> {
        match tls {
            Tls::Off => Ok(Self::Plain),
            _ => Err(RecordError::Backend {
                operation: "connect to Redis",
                source:
                    "TLS connections need the feature `redis-tls` of `es-rs` (`tls` of `es-redis`)"
                        .into(),
            }),
        }
    }

    pub(crate) async fn connect(&self, options: &RedisOptions) -> io::Result<Box<dyn Stream>> {
        let stream = TcpStream::connect((options.host.as_str(), options.port)).await?;
        stream.set_nodelay(true)?;
        match self {
            Self::Plain => Ok(Box::new(stream)),
            #[cfg(feature = "tls")]
            Self::Encrypted(connector) => {
                let name = rustls::pki_types::ServerName::try_from(options.host.clone());
                let name = name.map_err(io::Error::other)?;
                Ok(Box::new(connector.connect(name, stream).await?))
            }
        }
    }
}
