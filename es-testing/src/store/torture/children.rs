//! The writers, seen from the process that starts and kills them.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use super::Torture;
use super::random::Random;
use super::writer::{Answer, DATABASE, SEED};

/// A writer that has not ended by then hangs. It may be one that waits for a server to start.
const TIMEOUT: Duration = Duration::from_secs(240);

/// What the writers reported.
#[derive(Default)]
pub(super) struct Harvest {
    pub(super) kills: u64,
    pub(super) disturbances: usize,
    pub(super) answers: Vec<Answer>,
    /// What no writer should have met.
    pub(super) complaints: Vec<String>,
}

pub(super) struct Children<'t> {
    torture: &'t Torture,
    name: String,
    running: Vec<Writer>,
    started: u64,
    harvest: Harvest,
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
            harvest: Harvest::default(),
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
        let program = std::env::current_exe().expect("this program's path");
        let mut process = Command::new(program)
            .env(DATABASE, &self.name)
            .env(SEED, seed.to_string())
            .envs(self.torture.environment.iter().cloned())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("a writer starts");
        let stdout = process.stdout.take().expect("it is piped");
        let mut stderr = process.stderr.take().expect("it is piped");
        let read = move || {
            let lines = BufReader::new(stdout).lines().map_while(Result::ok);
            lines.filter_map(|line| Answer::parse(&line)).collect()
        };
        Writer {
            process,
            answers: thread::spawn(read),
            errors: thread::spawn(move || {
                let mut text = String::new();
                let _cut_off = stderr.read_to_string(&mut text);
                text
            }),
        }
    }

    /// Kills one writer, and starts another in its place.
    pub(super) fn kill(&mut self, index: u64) {
        let index = usize::try_from(index).expect("a small number");
        let next = self.spawn();
        let mut killed = std::mem::replace(&mut self.running[index], next);
        killed.process.kill().expect("the writer is ours");
        self.harvest.kills += 1;
        self.gather(killed, Ending::Killed);
    }

    /// Lets the writers end by themselves.
    pub(super) fn finish(mut self) -> Harvest {
        for writer in std::mem::take(&mut self.running) {
            self.gather(writer, Ending::RequestFilter);
        }
        self.harvest
    }

    fn gather(&mut self, mut writer: Writer, ending: Ending) {
        // Its end tells the writer to stop.
        drop(writer.process.stdin.take());
        let status = wait(&mut writer.process);
        let errors = writer.errors.join().expect("no panic");
        match (ending, status) {
            (_, None) => self.harvest.complaints.push("a writer hangs".to_owned()),
            (Ending::RequestFilter, Some(false)) => {
                self.harvest
                    .complaints
                    .push(format!("a writer failed: {errors}"));
            }
            (Ending::Killed, Some(_)) if errors.contains("panicked") => {
                self.harvest
                    .complaints
                    .push(format!("a writer panicked before it was killed: {errors}"));
            }
            _ => {}
        }
        self.harvest
            .answers
            .extend(writer.answers.join().expect("no panic"));
    }
}

#[derive(Clone, Copy)]
enum Ending {
    Killed,
    RequestFilter,
}

/// Whether a process ended well; `None` where it did not end, and had to be killed.
fn wait(process: &mut Child) -> Option<bool> {
    let start = Instant::now();
    while start.elapsed() < TIMEOUT {
        if let Some(status) = process.try_wait().expect("the writer is ours") {
            return Some(status.success());
        }
        thread::sleep(Duration::from_millis(2));
    }
    process.kill().expect("the writer is ours");
    process.wait().expect("the writer is ours");
    None
}
