//! The measured servers as processes of their own: started, watched, stopped.
//!
//! A server is only ever read from outside, by the kernel's own accounts of it, so that measuring costs it nothing.

use std::{
    ffi::OsString,
    fs,
    io::{BufRead as _, BufReader, Read},
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::mpsc::{self, Receiver, Sender},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail};
use nix::{
    sys::signal::{self, Signal},
    time::ClockId,
    unistd::Pid,
};

/// How long a server may take until it listens.
const READY_WITHIN: Duration = Duration::from_secs(120);
/// How long a server may take until it is at rest.
const RESTS_WITHIN: Duration = Duration::from_secs(300);
/// How long a server is watched to see whether it is at rest, and how much CPU time it may take meanwhile.
const WATCHED: Duration = Duration::from_millis(250);
const QUIET: Duration = Duration::from_millis(2);

/// A program that was built beside this one, and how it is started.
#[derive(Clone, Debug)]
pub(crate) struct Program {
    path: PathBuf,
    arguments: Vec<OsString>,
    variables: Vec<(&'static str, &'static str)>,
    listens: Vec<SocketAddr>,
}

/// A running server. Dropping it ends it.
#[derive(Debug)]
pub(crate) struct Server {
    child: Child,
    clock: ClockId,
    started: Instant,
}

/// The lines that a server writes to either of its outputs.
pub(crate) struct Lines(Receiver<String>);

/// A port of the loopback interface that nobody listens on.
pub(crate) fn free_address() -> Result<SocketAddr> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?)
}

impl Program {
    /// The program of that name.
    pub(crate) fn named(name: &str) -> Result<Self> {
        let own = std::env::current_exe()?;
        let folder = own.parent().context("this program lies in a folder")?;
        Ok(Self::at(folder.join(name)))
    }

    /// A program that somebody else made.
    pub(crate) fn at(path: impl Into<PathBuf>) -> Self {
        let (arguments, variables, listens) = (Vec::new(), Vec::new(), Vec::new());
        Self { path: path.into(), arguments, variables, listens }
    }

    /// The same under another program, which is given some arguments and then this one with its own.
    pub(crate) fn under(
        self,
        program: &str,
        arguments: impl IntoIterator<Item = OsString>,
    ) -> Self {
        let own = [self.path.into_os_string()].into_iter().chain(self.arguments);
        let arguments = arguments.into_iter().chain(own).collect();
        Self { path: program.into(), arguments, ..self }
    }

    /// With a variable of its environment, which is empty otherwise.
    pub(crate) fn with_variable(mut self, name: &'static str, value: &'static str) -> Self {
        self.variables.push((name, value));
        self
    }

    /// With one more argument.
    pub(crate) fn with(mut self, argument: impl Into<OsString>) -> Self {
        self.arguments.push(argument.into());
        self
    }

    /// With a flag and the address to listen on.
    pub(crate) fn listening(mut self, flag: &str, address: SocketAddr) -> Self {
        self.listens.push(address);
        self.with(flag).with(address.to_string())
    }

    /// Starts it and waits until it listens. What it writes is dropped.
    pub(crate) fn start(&self) -> Result<Server> {
        let started = Instant::now();
        let child = self.spawn(Stdio::null, Stdio::null)?;
        self.ready(child, started)
    }

    /// Starts it and waits until it listens. What it writes can be read.
    pub(crate) fn start_read(&self) -> Result<(Server, Lines)> {
        let started = Instant::now();
        let mut child = self.spawn(Stdio::piped, Stdio::piped)?;
        let (sender, lines) = mpsc::channel();
        read(child.stdout.take(), sender.clone());
        read(child.stderr.take(), sender);
        Ok((self.ready(child, started)?, Lines(lines)))
    }

    fn spawn(&self, out: fn() -> Stdio, errors: fn() -> Stdio) -> Result<Child> {
        let mut command = Command::new(&self.path);
        command
            .args(&self.arguments)
            .env_clear()
            .envs(self.variables.iter().copied())
            .stdin(Stdio::null())
            .stdout(out())
            .stderr(errors());
        command
            .spawn()
            .with_context(|| format!("`{}` does not start; run `make bench`", self.path.display()))
    }

    fn ready(&self, child: Child, started: Instant) -> Result<Server> {
        let clock = ClockId::pid_cpu_clock_id(pid(&child)?)?;
        let mut server = Server { child, clock, started };
        for address in &self.listens {
            while TcpStream::connect(address).is_err() {
                if let Some(status) = server.child.try_wait()? {
                    bail!("`{}` ended at its start with {status}", self.path.display());
                }
                if started.elapsed() > READY_WITHIN {
                    bail!("`{}` does not listen on {address}", self.path.display());
                }
                thread::yield_now();
            }
        }
        Ok(server)
    }
}

impl Server {
    /// When it was started.
    pub(crate) fn started(&self) -> Instant {
        self.started
    }

    /// The CPU time that all its threads took since it started, in the kernel's full precision.
    pub(crate) fn cpu(&self) -> Result<Duration> {
        Ok(self.clock.now().context("the server has ended")?.into())
    }

    /// Waits until what it does by itself after its start, such as compressing the pages' assets, is done.
    #[expect(clippy::disallowed_methods, reason = "nothing tells that a process has nothing to do")]
    pub(crate) async fn settle(&self) -> Result<()> {
        let until = Instant::now() + RESTS_WITHIN;
        while Instant::now() < until {
            let before = self.cpu()?;
            tokio::time::sleep(WATCHED).await;
            if self.cpu()? - before <= QUIET {
                return Ok(());
            }
        }
        bail!("a server does not come to rest, although nobody asks it anything")
    }

    /// The memory that it has in use, in bytes.
    pub(crate) fn resident(&self) -> Result<u64> {
        self.memory("VmRSS:")
    }

    /// Of that, what no file holds, so that the system cannot take it back.
    pub(crate) fn resident_own(&self) -> Result<u64> {
        self.memory("RssAnon:")
    }

    fn memory(&self, kind: &str) -> Result<u64> {
        let status = fs::read_to_string(
            Path::new("/proc").join(self.child.id().to_string()).join("status"),
        )?;
        let line = status.lines().find_map(|line| line.strip_prefix(kind));
        let kib = line
            .and_then(|line| line.split_whitespace().next())
            .with_context(|| format!("no {kind}"))?;
        Ok(kib.parse::<u64>()? * 1024)
    }

    /// Asks it to end, and waits until it has. Meanwhile this program's own connections to it can end, too.
    pub(crate) async fn stop(mut self) -> Result<()> {
        signal::kill(pid(&self.child)?, Signal::SIGTERM)?;
        let status = tokio::task::spawn_blocking(move || self.child.wait()).await??;
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

impl Lines {
    /// The next line that holds `text`.
    pub(crate) fn with(&self, text: &str) -> Result<String> {
        let until = Instant::now() + READY_WITHIN;
        loop {
            let left = until.saturating_duration_since(Instant::now());
            let line = self.0.recv_timeout(left);
            let line = line.with_context(|| format!("the server wrote no line with `{text}`"))?;
            if line.contains(text) {
                return Ok(line);
            }
        }
    }
}

fn pid(child: &Child) -> Result<Pid> {
    Ok(Pid::from_raw(child.id().try_into()?))
}

/// Reads on when nobody wants the lines any more, since a full pipe would stop the server.
fn read(output: Option<impl Read + Send + 'static>, lines: Sender<String>) {
    let Some(output) = output else { return };
    thread::spawn(move || {
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            let _unwanted = lines.send(line);
        }
    });
}
