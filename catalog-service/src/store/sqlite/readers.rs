//! Reads: short ones where they are asked for, on a connection of the calling thread; long ones on two threads of their own,
//! which give up after a time and a number of steps that are set.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError, mpsc},
    thread::JoinHandle,
    time::{Duration, Instant},
};

use rusqlite::Connection;
use tokio::sync::oneshot;

use super::{connection, held::Held};
use crate::{
    domain::Snapshot,
    store::{Error, Result},
};

const THREADS: usize = 2;
/// How many long reads may wait.
const WAITING: usize = 64;
/// After how many steps of SQLite's machine it is looked at what a read has taken.
const STEPS: u16 = 4_000;

type LongRead = Box<dyn FnOnce(&Connection) + Send>;

/// What a long read may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Bound {
    /// How long.
    pub(super) time: Duration,
    /// How many steps of SQLite's machine: what is refused for them is refused everywhere, however fast a machine is.
    pub(super) steps: u64,
}

impl Bound {
    /// Tells from now on, each time when so many more steps are done, whether a read has to end.
    fn watch(self) -> impl FnMut() -> bool + Send + 'static {
        let (start, mut done) = (Instant::now(), 0);
        move || {
            done += u64::from(STEPS);
            done > self.steps || start.elapsed() > self.time
        }
    }
}

/// The connections that read.
#[derive(Debug)]
pub(super) struct Readers {
    path: PathBuf,
    held: Arc<Held>,
    long: Mutex<Option<mpsc::SyncSender<LongRead>>>,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

impl Readers {
    /// Starts the threads for long reads; the other connections are opened when they are needed.
    pub(super) fn start(path: &Path, held: Arc<Held>, bound: Bound) -> Result<Self> {
        let (long, reads) = mpsc::sync_channel(WAITING);
        let reads = Arc::new(Mutex::new(reads));
        let mut threads = Vec::with_capacity(THREADS);
        for _ in 0..THREADS {
            let (database, reads) = (connection::reading(path)?, Arc::clone(&reads));
            let thread = std::thread::Builder::new()
                .name("store-reader".to_owned())
                .spawn(move || run(database, &reads, bound))
                .map_err(|error| Error::Failed(Box::new(error)))?;
            threads.push(thread);
        }
        Ok(Self {
            path: path.to_owned(),
            held,
            long: Mutex::new(Some(long)),
            threads: Mutex::new(threads),
        })
    }

    /// A read by key or index, which takes microseconds: done at once, on this thread.
    pub(super) fn read<T>(&self, work: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
        self.held.read(|| self.open(), work)
    }

    /// The same, and where the feed of changes stands in the one state that all of it is read from.
    pub(super) fn snapshot<T>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T>,
    ) -> Result<Snapshot<T>> {
        self.held.snapshot(|| self.open(), work)
    }

    /// A read that may look at many rows.
    pub(super) async fn read_long<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let read: LongRead = Box::new(move |connection| {
            if !reply.is_closed() {
                // The caller may have gone in the meantime.
                let _ = reply.send(work(connection));
            }
        });
        let long = lock(&self.long).clone().ok_or(Error::Unavailable)?;
        long.try_send(read).map_err(|error| match error {
            mpsc::TrySendError::Full(_) => Error::Overloaded,
            mpsc::TrySendError::Disconnected(_) => Error::Unavailable,
        })?;
        answer.await.unwrap_or(Err(Error::Unavailable))
    }

    /// Ends the threads and closes the connections.
    pub(super) fn stop(&self) {
        lock(&self.long).take();
        for thread in lock(&self.threads).drain(..) {
            let _ = thread.join();
        }
        self.held.close();
    }

    fn open(&self) -> Result<Connection> {
        if lock(&self.long).is_none() {
            return Err(Error::Unavailable);
        }
        Ok(connection::reading(&self.path)?)
    }
}

impl Drop for Readers {
    fn drop(&mut self) {
        self.stop();
    }
}

fn run(mut database: Connection, reads: &Mutex<mpsc::Receiver<LongRead>>, bound: Bound) {
    loop {
        let next = lock(reads).recv();
        let Ok(read) = next else { return };
        let guarded = database.progress_handler(STEPS.into(), Some(bound.watch()));
        if let Err(error) = guarded {
            tracing::error!(%error, "could not bound a read");
            continue;
        }
        if catch_unwind(AssertUnwindSafe(|| read(&database))).is_err() {
            tracing::error!("a read panicked");
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
