//! The measured servers as processes of their own: started, watched, stopped.
//!
//! A server is only ever read from outside, by the kernel's own accounts of it, so that measuring costs it nothing.

use std::{
    collections::BTreeMap,
    ffi::OsStr,
    fs,
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Child, ChildStdout, Command, Stdio},
    sync::mpsc::{self, Receiver},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, anyhow, bail};
use nix::{
    sys::signal::{self, Signal},
    time::ClockId,
    unistd::Pid,
};

/// How long a server may take to say where it listens.
const READY_WITHIN: Duration = Duration::from_secs(60);

/// A running server. Dropping it ends it.
#[derive(Debug)]
pub(crate) struct Server {
    child: Child,
    clock: ClockId,
    said: BTreeMap<String, String>,
    started: Instant,
}

impl Server {
    /// Starts a program and waits until it has printed a line `word: …` for each of the `words`.
    pub(crate) fn start<A: AsRef<OsStr>>(
        program: &Path,
        arguments: &[A],
        words: &[&str],
    ) -> Result<Self> {
        let started = Instant::now();
        let mut child = Command::new(program)
            .args(arguments)
            .env_clear()
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .with_context(|| format!("`{}` does not start; run `make bench`", program.display()))?;
        let out = child.stdout.take().context("its output is piped")?;
        let clock = ClockId::pid_cpu_clock_id(pid(&child)?)?;
        let mut server = Self { child, clock, said: BTreeMap::new(), started };
        let lines = lines_of(out);
        while words.iter().any(|word| !server.said.contains_key(*word)) {
            let line = server.next_line(&lines);
            let line = line.with_context(|| format!("`{}`", program.display()))?;
            if let Some((word, rest)) = line.split_once(": ") {
                server.said.insert(word.trim().to_owned(), rest.trim().to_owned());
            }
        }
        Ok(server)
    }

    fn next_line(&self, lines: &Receiver<String>) -> Result<String> {
        let left = READY_WITHIN.saturating_sub(self.started.elapsed());
        lines.recv_timeout(left).map_err(|_| {
            anyhow!("it ended, or has not said where it listens; it said {:?}", self.said)
        })
    }

    /// What it printed after `word: `.
    pub(crate) fn said(&self, word: &str) -> Result<&str> {
        self.said.get(word).map(String::as_str).with_context(|| format!("no line `{word}: …`"))
    }

    /// When it was started.
    pub(crate) fn started(&self) -> Instant {
        self.started
    }

    /// The CPU time that all its threads took since it started, in the kernel's full precision.
    pub(crate) fn cpu(&self) -> Result<Duration> {
        Ok(self.clock.now().context("the server has ended")?.into())
    }

    /// The memory that it has in use, in bytes.
    pub(crate) fn resident(&self) -> Result<u64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kib = line.and_then(|line| line.split_whitespace().next()).context("no VmRSS")?;
        Ok(kib.parse::<u64>()? * 1024)
    }

    /// Asks it to end, and waits until it has.
    pub(crate) fn stop(mut self) -> Result<()> {
        signal::kill(pid(&self.child)?, Signal::SIGTERM)?;
        let status = self.child.wait()?;
        if !status.success() {
            bail!("a server ended with {status} when it was asked to stop");
        }
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // An error says that it has ended already.
        let _ended = self.child.kill().and_then(|()| self.child.wait());
    }
}

fn pid(child: &Child) -> Result<Pid> {
    Ok(Pid::from_raw(child.id().try_into()?))
}

/// Reads on after the last line that anyone waits for, since a full pipe would stop the server.
fn lines_of(out: ChildStdout) -> Receiver<String> {
    let (sender, lines) = mpsc::channel();
    thread::spawn(move || {
        for line in BufReader::new(out).lines().map_while(Result::ok) {
            let _unread = sender.send(line);
        }
    });
    lines
}
