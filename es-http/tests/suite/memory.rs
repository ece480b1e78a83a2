//! Many connections and requests: the memory of the server stays bounded. Memory and file
//! descriptors belong to a process, so each test runs in a separate process.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::Mutex;
use tokio::time::timeout;

use crate::child_process::is_child;
use crate::support::{SOON, check, get, raw, serve_within as serve};

/// Serialises the tests, because each opens thousands of connections.
static ALONE: Mutex<()> = Mutex::const_new(());

/// Returns the number of connections to open: 10,000, or fewer if the process has too few file
/// descriptors. Each connection takes `descriptors` of them.
fn crowd(descriptors: usize) -> usize {
    let wanted = 21_200;
    let most = match rlimit::Resource::NOFILE.set(wanted, wanted) {
        Ok(()) => wanted,
        // Only root may raise the hard limit.
        Err(_) => rlimit::increase_nofile_limit(wanted).unwrap_or(1_024),
    };
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    (most.saturating_sub(1_200) / descriptors).min(10_000)
}

/// Returns the resident memory in MiB.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib: u64 = line
        .unwrap()
        .trim()
        .trim_end_matches(" kB")
        .parse()
        .unwrap();
    kib / 1_024
}

#[tokio::test]
async fn idle_connections_do_not_lock_out_other_clients() {
    let _alone = ALONE.lock().await;
    if !is_child("memory::idle_connections_do_not_lock_out_other_clients") {
        return;
    }
    // The server closes most connections, so only the ends of the clients count.
    let crowd = crowd(1);
    let server = serve(|_| {}).await;
    check(server.address()).await;
    let before = resident();
    let mut idle = Vec::new();
    for number in 0..crowd {
        idle.push(TcpStream::connect(server.address()).await.unwrap());
        if number % 1_000 == 0 {
            check(server.address()).await;
        }
    }
    check(server.address()).await;
    let grown = resident().saturating_sub(before);
    println!("{crowd} idle connections: {grown} MiB more");
    assert!(grown < 64, "{grown} MiB more for {crowd} idle connections");
}

#[tokio::test]
async fn connections_within_the_limit_stay_open() {
    let _alone = ALONE.lock().await;
    if !is_child("memory::connections_within_the_limit_stay_open") {
        return;
    }
    // A connection takes two descriptors, because both of its ends are in this process.
    let crowd = crowd(2);
    let server = serve(|limits| limits.connections = 20_000).await;
    let before = resident();
    let mut idle = Vec::new();
    for _ in 0..crowd {
        idle.push(TcpStream::connect(server.address()).await.unwrap());
    }
    check(server.address()).await;
    let grown = resident().saturating_sub(before);
    println!("{crowd} held connections: {grown} MiB more");
    assert!(grown < 400, "{grown} MiB more for {crowd} connections");
    // The first connection is still served.
    idle[0]
        .write_all(&get("/notifications/1,20/", ""))
        .await
        .unwrap();
    let mut answer = [0; 12];
    timeout(SOON, idle[0].read_exact(&mut answer))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(&answer, b"HTTP/1.1 200");
}

#[tokio::test]
async fn many_requests_leave_no_memory_behind() {
    let _alone = ALONE.lock().await;
    if !is_child("memory::many_requests_leave_no_memory_behind") {
        return;
    }
    let server = serve(|_| {}).await;
    let send_requests = |count: usize| {
        let address = server.address();
        async move {
            for number in 0..count {
                let path = match number % 4 {
                    0 => "/notifications/1,20/?size=1000",
                    1 => "/notifications/current/",
                    2 => "/notifications/nonsense/",
                    _ => "/nowhere",
                };
                raw(address, &get(path, "")).await;
            }
        }
    };
    send_requests(200).await;
    let before = resident();
    send_requests(1_000).await;
    let grown = resident().saturating_sub(before);
    println!("1,000 requests: {grown} MiB more");
    assert!(grown < 32, "{grown} MiB more");
}
