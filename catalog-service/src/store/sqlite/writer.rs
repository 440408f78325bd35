//! The one thread that writes. Writes that wait together are committed together, each behind a savepoint of its own.
//!
//! No write is answered before the commit that holds it is durable, and when that fails, none of its group has happened.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Mutex, PoisonError},
    thread::JoinHandle,
    time::{Duration, Instant},
};

use rusqlite::{Connection, ErrorCode};
use tokio::sync::{mpsc, oneshot, watch};

use super::{checkpoint::Checkpointer, failure, room::Watch};
use crate::{
    domain::Write,
    store::{Error, Result},
};

/// How many writes may wait.
const WAITING: usize = 1_024;
/// How many writes one commit holds at most, and how long it gathers them.
const GROUP: usize = 256;
const GATHERING: Duration = Duration::from_millis(2);

/// What becomes of a write that succeeds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ending {
    /// It is kept.
    Keep,
    /// It was only tried.
    Undo,
}

impl Ending {
    /// What becomes of a caller's write.
    pub(super) fn of(write: &Write) -> Self {
        if write.validate_only { Self::Undo } else { Self::Keep }
    }
}

/// The way to the writing thread.
#[derive(Debug)]
pub(super) struct Writer {
    tasks: Mutex<Option<mpsc::Sender<Box<dyn Task>>>>,
    thread: Mutex<Option<JoinHandle<()>>>,
    generation: watch::Sender<u64>,
}

impl Writer {
    /// Starts the thread on a connection.
    pub(super) fn start(
        connection: Connection,
        checkpointer: Checkpointer,
        room: Arc<Watch>,
    ) -> std::io::Result<Self> {
        let (sender, receiver) = mpsc::channel(WAITING);
        let generation = watch::Sender::new(0);
        let committed = generation.clone();
        let group = Group { connection, checkpointer, room, generation: committed, broken: false };
        let thread = std::thread::Builder::new()
            .name("store-writer".to_owned())
            .spawn(move || group.run(receiver))?;
        let (tasks, thread) = (Mutex::new(Some(sender)), Mutex::new(Some(thread)));
        Ok(Self { tasks, thread, generation })
    }

    /// Tells whoever waits for it of every commit, before its writes are answered.
    pub(super) fn commits(&self) -> watch::Receiver<u64> {
        self.generation.subscribe()
    }

    /// Does some work inside a transaction, and answers once that is durable.
    pub(super) async fn write<T, F>(&self, ending: Ending, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let tasks = lock(&self.tasks).clone().ok_or(Error::Unavailable)?;
        let task = Box::new(Work { ending, work: Some(work), outcome: None, reply });
        tasks.try_send(task).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => Error::Overloaded,
            mpsc::error::TrySendError::Closed(_) => Error::Unavailable,
        })?;
        answer.await.unwrap_or(Err(Error::Unavailable))
    }

    /// Finishes the writes that wait, and ends the thread.
    pub(super) fn stop(&self) {
        lock(&self.tasks).take();
        if let Some(thread) = lock(&self.thread).take() {
            // A panic of the thread has failed its writes already.
            let _ = thread.join();
        }
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.stop();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A write on its way.
trait Task: Send {
    /// Whether somebody still waits for the answer.
    fn is_awaited(&self) -> bool;
    /// Does the work; true: keep it.
    fn run(&mut self, connection: &Connection) -> bool;
    /// Whether there was no room for the work.
    fn ran_out(&self) -> bool;
    /// Answers, after the commit of the group.
    fn answer(self: Box<Self>, committed: Result<(), Lost>);
}

/// Why a group was not committed.
#[derive(Clone, Debug)]
enum Lost {
    Full,
    Overloaded,
    Failed(String),
    /// A sync failed before.
    Broken,
}

impl From<rusqlite::Error> for Lost {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            _ if failure::is_full(&error) => Self::Full,
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Overloaded,
            _ => Self::Failed(error.to_string()),
        }
    }
}

impl From<Lost> for Error {
    fn from(lost: Lost) -> Self {
        match lost {
            Lost::Full => Self::Full,
            Lost::Overloaded => Self::Overloaded,
            Lost::Failed(message) => Self::Failed(message.into()),
            Lost::Broken => Self::Unavailable,
        }
    }
}

struct Work<T, F> {
    ending: Ending,
    work: Option<F>,
    outcome: Option<Result<T>>,
    reply: oneshot::Sender<Result<T>>,
}

impl<T, F> Task for Work<T, F>
where
    T: Send,
    F: FnOnce(&Connection) -> Result<T> + Send,
{
    fn is_awaited(&self) -> bool {
        !self.reply.is_closed()
    }

    fn run(&mut self, connection: &Connection) -> bool {
        let Some(work) = self.work.take() else { return false };
        let outcome = catch_unwind(AssertUnwindSafe(|| work(connection)))
            .unwrap_or_else(|_| Err(Error::Failed("a write panicked".into())));
        let keep = outcome.is_ok() && self.ending == Ending::Keep;
        self.outcome = Some(outcome);
        keep
    }

    fn ran_out(&self) -> bool {
        matches!(self.outcome, Some(Err(Error::Full)))
    }

    fn answer(self: Box<Self>, committed: Result<(), Lost>) {
        let outcome = match (committed, self.outcome) {
            (Ok(()), Some(outcome)) => outcome,
            (Ok(()), None) => Err(Error::Unavailable),
            // What the write itself found wrong says more than that its group was lost.
            (Err(_), Some(Err(error))) => Err(error),
            (Err(lost), _) => Err(lost.into()),
        };
        // Nobody may be waiting any more; the write stands all the same.
        let _ = self.reply.send(outcome);
    }
}

/// The state of the writing thread.
struct Group {
    connection: Connection,
    checkpointer: Checkpointer,
    room: Arc<Watch>,
    generation: watch::Sender<u64>,
    /// A sync has failed: what the disk holds is not known any more, until the process starts anew.
    broken: bool,
}

impl Group {
    fn run(mut self, mut tasks: mpsc::Receiver<Box<dyn Task>>) {
        while let Some(first) = tasks.blocking_recv() {
            let mut group = Vec::new();
            let committed = if self.broken {
                group.push(first);
                Err(Lost::Broken)
            } else {
                self.commit(first, &mut tasks, &mut group)
            };
            if let Err(lost) = &committed {
                tracing::error!(reason = ?lost, writes = group.len(), "could not commit");
            }
            if matches!(committed, Err(Lost::Full)) || group.iter().any(|task| task.ran_out()) {
                self.room.ran_out();
            }
            self.checkpointer.committed();
            self.generation.send_modify(|generation| *generation += 1);
            for task in group {
                task.answer(committed.clone());
            }
            self.checkpointer.after_commit(&self.connection);
        }
        self.checkpointer.finish(&self.connection);
    }

    fn commit(
        &mut self,
        first: Box<dyn Task>,
        tasks: &mut mpsc::Receiver<Box<dyn Task>>,
        group: &mut Vec<Box<dyn Task>>,
    ) -> Result<(), Lost> {
        self.room.look();
        let start = Instant::now();
        let mut next = Some(first);
        if let Err(error) = self.execute("BEGIN IMMEDIATE") {
            group.extend(next);
            return Err(error.into());
        }
        while let Some(mut task) = next.take() {
            let done = if task.is_awaited() { self.one(task.as_mut()) } else { Ok(()) };
            group.push(task);
            if let Err(error) = done {
                self.roll_back();
                return Err(error.into());
            }
            if group.len() < GROUP && start.elapsed() < GATHERING {
                next = tasks.try_recv().ok();
            }
        }
        self.execute("COMMIT").map_err(|error| {
            let failed = error.sqlite_error_code() == Some(ErrorCode::SystemIoFailure);
            self.broken = failed && !failure::is_full(&error);
            self.roll_back();
            error.into()
        })
    }

    /// Does one write of the group, and takes it back if it failed or was only tried.
    fn one(&self, task: &mut dyn Task) -> rusqlite::Result<()> {
        self.execute("SAVEPOINT one_write")?;
        let keep = task.run(&self.connection);
        if self.connection.is_autocommit() {
            // SQLite has rolled the whole group back, as it does when the disk is full.
            return Err(rusqlite::Error::SqliteFailure(
                rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_FULL),
                Some("the transaction was rolled back".to_owned()),
            ));
        }
        if !keep {
            self.execute("ROLLBACK TO one_write")?;
        }
        self.execute("RELEASE one_write")
    }

    fn roll_back(&self) {
        if !self.connection.is_autocommit()
            && let Err(error) = self.execute("ROLLBACK")
        {
            tracing::error!(%error, "could not roll back");
        }
    }

    fn execute(&self, sql: &str) -> rusqlite::Result<()> {
        self.connection.prepare_cached(sql)?.execute([]).map(drop)
    }
}

#[cfg(test)]
mod tests;
