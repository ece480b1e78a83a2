//! The writer processes: starts and kills them, and collects their reports.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use super::Torture;
use super::random::Random;
use super::writer::{Answer, DATABASE, SEED};

/// Time after which a writer counts as hanging. It is long, because a writer may wait for a server
/// to start.
const TIMEOUT: Duration = Duration::from_secs(240);

/// The reports of all writers.
#[derive(Default)]
pub(super) struct Findings {
    pub(super) kills: u64,
    pub(super) disturbances: usize,
    pub(super) answers: Vec<Answer>,
    /// Failures of writers that no store may cause.
    pub(super) failures: Vec<String>,
}

/// The running writers of one run.
pub(super) struct Children<'t> {
    torture: &'t Torture,
    name: String,
    running: Vec<Writer>,
    started: u64,
    findings: Findings,
}

struct Writer {
    process: Child,
    answers: JoinHandle<Vec<Answer>>,
    errors: JoinHandle<String>,
}

impl<'t> Children<'t> {
    pub(super) fn start(torture: &'t Torture, name: &str) -> Self {
        let mut children = Self {
            torture,
            name: name.to_owned(),
            running: Vec::new(),
            started: 0,
            findings: Findings::default(),
        };
        for _ in 0..torture.writers {
            let writer = children.spawn();
            children.running.push(writer);
        }
        children
    }

    fn spawn(&mut self) -> Writer {
        self.started += 1;
        let seed = Random::new(self.torture.seed)
            .fork(1_000_000 + self.started)
            .next();
        let program = std::env::current_exe().expect("the path of this program");
        let mut process = Command::new(program)
            .env(DATABASE, &self.name)
            .env(SEED, seed.to_string())
            .envs(self.torture.environment.iter().cloned())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("a writer starts");
        let stdout = process.stdout.take().expect("the stream is piped");
        let mut stderr = process.stderr.take().expect("the stream is piped");
        let read = move || {
            let lines = BufReader::new(stdout).lines().map_while(Result::ok);
            lines.filter_map(|line| Answer::parse(&line)).collect()
        };
        Writer {
            process,
            answers: thread::spawn(read),
            errors: thread::spawn(move || {
                let mut text = String::new();
                let _truncated = stderr.read_to_string(&mut text);
                text
            }),
        }
    }

    /// Kills one writer and starts another in its place.
    pub(super) fn kill(&mut self, index: u64) {
        let index = usize::try_from(index).expect("a small number");
        let next = self.spawn();
        let mut killed = std::mem::replace(&mut self.running[index], next);
        killed
            .process
            .kill()
            .expect("a child process is controlled by its parent");
        self.findings.kills += 1;
        self.collect(killed, Ending::Killed);
    }

    /// Stops all writers and returns their reports.
    pub(super) fn finish(mut self) -> Findings {
        for writer in std::mem::take(&mut self.running) {
            self.collect(writer, Ending::Stopped);
        }
        self.findings
    }

    fn collect(&mut self, mut writer: Writer, ending: Ending) {
        // A writer stops when its input ends.
        drop(writer.process.stdin.take());
        let status = wait(&mut writer.process);
        let errors = writer.errors.join().expect("no panic");
        match (ending, status) {
            (_, None) => self.findings.failures.push("a writer hangs".to_owned()),
            (Ending::Stopped, Some(false)) => {
                self.findings
                    .failures
                    .push(format!("a writer failed: {errors}"));
            }
            (Ending::Killed, Some(_)) if errors.contains("panicked") => {
                self.findings
                    .failures
                    .push(format!("a writer panicked before it was killed: {errors}"));
            }
            _ => {}
        }
        self.findings
            .answers
            .extend(writer.answers.join().expect("no panic"));
    }
}

/// The way in which the process of a writer is ended.
#[derive(Clone, Copy)]
enum Ending {
    Killed,
    Stopped,
}

/// Waits for a process, and returns whether it succeeded. Returns `None` if it hung and was killed.
fn wait(process: &mut Child) -> Option<bool> {
    let start = Instant::now();
    while start.elapsed() < TIMEOUT {
        if let Some(status) = process
            .try_wait()
            .expect("a child process is controlled by its parent")
        {
            return Some(status.success());
        }
        thread::sleep(Duration::from_millis(2));
    }
    process
        .kill()
        .expect("a child process is controlled by its parent");
    process
        .wait()
        .expect("a child process is controlled by its parent");
    None
}
