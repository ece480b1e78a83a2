//! A Redis server that one test controls.

use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use es_redis::RedisOptions;
use tempfile::TempDir;

/// A server that a test stops and starts. It stores nothing on disk.
pub(crate) struct OwnServer {
    folder: TempDir,
    port: u16,
    arguments: Vec<String>,
    child: Option<Child>,
}

impl OwnServer {
    pub(crate) fn start() -> Self {
        Self::start_with(&[])
    }

    /// Starts a server with more arguments. If one is for TLS, the server accepts only TLS.
    pub(crate) fn start_with(arguments: &[&str]) -> Self {
        let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
        let mut this = Self {
            folder: TempDir::new().expect("a folder"),
            port: free.local_addr().expect("an address").port(),
            arguments: arguments.iter().map(|&text| text.to_owned()).collect(),
            child: None,
        };
        drop(free);
        this.start_process();
        this
    }

    pub(crate) fn options(&self) -> RedisOptions {
        RedisOptions::new("127.0.0.1", self.port)
    }

    /// Kills the server, which loses its state.
    pub(crate) fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().expect("killed");
            child.wait().expect("ended");
        }
    }

    /// Starts the server on the same port without state; returns when it accepts connections.
    pub(crate) fn start_process(&mut self) {
        let port = self.port.to_string();
        let is_tls = self.arguments.iter().any(|text| text.starts_with("--tls"));
        let ports = if is_tls {
            ["--port", "0", "--tls-port", &port]
        } else {
            ["--port", &port, "--tls-port", "0"]
        };
        let child = Command::new("redis-server")
            .args(ports)
            .args(["--bind", "127.0.0.1", "--save", "", "--appendonly", "no"])
            .arg("--dir")
            .arg(self.folder.path())
            .args(&self.arguments)
            .stdout(Stdio::null())
            .spawn()
            .expect("redis-server must be installed; run scripts/services.sh up redis");
        self.child = Some(child);
        let end = Instant::now() + Duration::from_secs(20);
        while TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).is_err() {
            assert!(Instant::now() < end, "the server does not start");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Pauses the process: the system accepts connections, but the server does not answer.
    pub(crate) fn pause(&self) {
        self.signal("-STOP");
    }

    /// Resumes the process.
    pub(crate) fn resume(&self) {
        self.signal("-CONT");
    }

    fn signal(&self, signal: &str) {
        let id = self.child.as_ref().expect("running").id().to_string();
        let sent = Command::new("kill").args([signal, &id]).status();
        assert!(sent.expect("kill").success());
    }
}

impl Drop for OwnServer {
    fn drop(&mut self) {
        self.kill();
    }
}
