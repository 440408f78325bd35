//! The real binaries as child processes: what they print, how they end.

use std::{
    env, fs,
    path::PathBuf,
    process::{ExitStatus, Stdio},
    time::Duration,
};

use tokio::{
    io::{AsyncBufReadExt as _, AsyncRead, AsyncWriteExt as _, BufReader},
    process::{Child, Command},
    sync::mpsc,
    time::timeout,
};

/// How long anything may take that has to happen.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// A running binary. It is killed when it is dropped.
#[derive(Debug)]
pub struct Process {
    name: String,
    child: Child,
    lines: mpsc::UnboundedReceiver<String>,
    seen: Vec<String>,
}

/// A binary of the workspace, which cargo puts beside the one that runs.
pub fn binary(name: &str) -> PathBuf {
    let own = env::current_exe().expect("a path to this program");
    let folders = own.ancestors().skip(1).take(2);
    let found = folders.map(|folder| folder.join(name)).find(|path| path.is_file());
    found.unwrap_or_else(|| {
        panic!("there is no `{name}`: run `cargo build --workspace --all-targets`")
    })
}

/// A tool that `make tools` installs below `target`, or npm below `tests/browser`.
pub fn tool(path: &str) -> PathBuf {
    let root = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
    let tool = root.join(path);
    assert!(tool.exists(), "there is no `{path}`: run `make tools`");
    tool
}

impl Process {
    /// Starts a binary with these settings, and none of this process's own.
    pub fn start(name: &str, arguments: &[&str], variables: &[(&str, &str)]) -> Self {
        Self::spawn(Command::new(binary(name)), name, arguments, variables, Stdio::null())
    }

    /// Starts a program of somebody else's, known here by a name.
    pub fn foreign(name: &str, command: Command) -> Self {
        Self::spawn(command, name, &[], &[], Stdio::null())
    }

    /// Starts a binary that is killed when it writes beyond so many bytes of a file.
    pub fn limited(name: &str, bytes: u64, variables: &[(&str, &str)]) -> Self {
        let mut limited = Command::new("prlimit");
        limited.arg(format!("--fsize={bytes}")).args(["--core=0", "--"]).arg(binary(name));
        Self::spawn(limited, name, &[], variables, Stdio::null())
    }

    /// Starts a binary that reads a text from its standard input.
    pub fn fed(name: &str, arguments: &[&str], variables: &[(&str, &str)], input: &str) -> Self {
        let command = Command::new(binary(name));
        let mut process = Self::spawn(command, name, arguments, variables, Stdio::piped());
        let mut pipe = process.child.stdin.take().expect("a pipe");
        let input = input.to_owned();
        tokio::spawn(async move { pipe.write_all(input.as_bytes()).await });
        process
    }

    fn spawn(
        mut command: Command,
        name: &str,
        arguments: &[&str],
        variables: &[(&str, &str)],
        stdin: Stdio,
    ) -> Self {
        for (variable, _) in env::vars().filter(|(variable, _)| variable.starts_with("SHELF_")) {
            command.env_remove(variable);
        }
        command
            .args(arguments)
            .envs(variables.iter().copied())
            .stdin(stdin)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        let mut child = command.spawn().unwrap_or_else(|error| panic!("{name}: {error}"));
        let (sender, lines) = mpsc::unbounded_channel();
        read(child.stdout.take().expect("a pipe"), sender.clone());
        read(child.stderr.take().expect("a pipe"), sender);
        Self { name: name.into(), child, lines, seen: Vec::new() }
    }

    /// The next line that holds these words.
    pub async fn line(&mut self, words: &str) -> String {
        let found = self.line_or_end(words).await;
        found.unwrap_or_else(|| {
            panic!("{} never said `{words}`: {}", self.name, self.seen.join("\n"))
        })
    }

    /// Whether it says these words before it ends.
    pub async fn says(&mut self, words: &str) -> bool {
        self.line_or_end(words).await.is_some()
    }

    async fn line_or_end(&mut self, words: &str) -> Option<String> {
        if let Some(line) = self.seen.iter().find(|line| line.contains(words)) {
            return Some(line.clone());
        }
        let waited = timeout(PATIENCE, async {
            while let Some(line) = self.lines.recv().await {
                self.seen.push(line.clone());
                if line.contains(words) {
                    return Some(line);
                }
            }
            None
        });
        waited.await.ok().flatten()
    }

    /// Everything printed until now.
    pub fn output(&self) -> String {
        self.seen.join("\n")
    }

    /// The process id.
    pub fn id(&self) -> u32 {
        self.child.id().expect("a running process")
    }

    /// The next line, whatever it holds.
    pub async fn any_line(&mut self) -> String {
        let line = timeout(PATIENCE, self.lines.recv()).await.ok().flatten();
        let line = line.unwrap_or_else(|| panic!("{} says no more: {}", self.name, self.output()));
        self.seen.push(line.clone());
        line
    }

    /// Whether it listens for SIGTERM, so that the signal asks it to stop instead of ending it (proc(5), `SigCgt`).
    pub fn listens_for_sigterm(&self) -> bool {
        const SIGTERM: u32 = 15;
        let path = format!("/proc/{}/status", self.id());
        let status = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
        let caught = status.lines().find_map(|line| line.strip_prefix("SigCgt:"));
        let caught = caught.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
        caught.unwrap_or_else(|| panic!("no SigCgt: {status}")) >> (SIGTERM - 1) & 1 == 1
    }

    /// Asks it to stop.
    pub async fn terminate(&self) {
        self.signal("TERM").await;
    }

    /// Sends it a signal of this name.
    pub async fn signal(&self, name: &str) {
        let flag = format!("-{name}");
        let sent = Command::new("kill").args([&flag, &self.id().to_string()]).status().await;
        assert!(sent.expect("kill is there").success());
    }

    /// Ends it without a warning.
    pub async fn kill(mut self) {
        self.child.kill().await.expect("a running process");
    }

    /// Waits until it has ended by itself, and answers how, and everything it printed.
    pub async fn ended(mut self) -> (ExitStatus, String) {
        let status = timeout(PATIENCE, self.child.wait()).await;
        let status =
            status.unwrap_or_else(|_| panic!("{} goes on: {}", self.name, self.seen.join("\n")));
        while let Some(line) = self.lines.recv().await {
            self.seen.push(line);
        }
        (status.expect("an exit status"), self.output())
    }
}

fn read(pipe: impl AsyncRead + Unpin + Send + 'static, sender: mpsc::UnboundedSender<String>) {
    tokio::spawn(async move {
        let mut lines = BufReader::new(pipe).lines();
        while let Ok(Some(line)) = lines.next_line().await {
            if sender.send(line).is_err() {
                break;
            }
        }
    });
}
