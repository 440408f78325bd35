//! The connections on which threads read, and the state of the catalog that each of them holds.
//!
//! To enter a state costs more than to look something up in it. So a thread stays in the state of its last read until a commit has
//! made another one: what was acknowledged before a read began is always seen by it. A state that is held keeps the journal from
//! being moved into the database; whoever does that asks for all of them to be let go, and meanwhile none is held.

use std::sync::{
    Mutex, MutexGuard, PoisonError,
    atomic::{AtomicU64, AtomicUsize, Ordering},
};

use rusqlite::Connection;

use super::feed;
use crate::{
    domain::{FeedPosition, Snapshot},
    store::{Error, Result},
};

/// More threads than this share connections.
const SLOTS: usize = 32;

/// The connections of all threads.
#[derive(Debug)]
pub(super) struct Held {
    slots: Box<[Mutex<Slot>]>,
    /// How many commits there were.
    commits: AtomicU64,
    /// How many need that no state is held.
    clearing: AtomicUsize,
}

/// The connection of a thread.
#[derive(Debug, Default)]
struct Slot {
    connection: Option<Connection>,
    /// After how many commits the state was entered that it holds, if it holds one.
    entered: Option<u64>,
    /// Where the feed of changes stands in that state, once a read has asked.
    position: Option<FeedPosition>,
}

impl Default for Held {
    fn default() -> Self {
        let slots = (0..SLOTS).map(|_| Mutex::default()).collect();
        Self { slots, commits: AtomicU64::new(0), clearing: AtomicUsize::new(0) }
    }
}

impl Held {
    /// Reads on the connection of this thread, which is opened when there is none.
    pub(super) fn read<T>(
        &self,
        open: impl FnOnce() -> Result<Connection>,
        work: impl FnOnce(&Connection) -> Result<T>,
    ) -> Result<T> {
        self.read_in(open, |slot| work(slot.connection()?))
    }

    /// The same, and where the feed of changes stands in what was read.
    pub(super) fn snapshot<T>(
        &self,
        open: impl FnOnce() -> Result<Connection>,
        work: impl FnOnce(&Connection) -> Result<T>,
    ) -> Result<Snapshot<T>> {
        self.read_in(open, |slot| slot.snapshot(work))
    }

    fn read_in<T>(
        &self,
        open: impl FnOnce() -> Result<Connection>,
        work: impl FnOnce(&mut Slot) -> Result<T>,
    ) -> Result<T> {
        let mut slot = lock(&self.slots[thread_number() % SLOTS]);
        if slot.connection.is_none() {
            slot.connection = Some(open()?);
        }
        let now = self.commits.load(Ordering::Acquire);
        if self.clearing.load(Ordering::Acquire) > 0 {
            slot.let_go()?;
        } else if slot.entered != Some(now) {
            slot.enter(now)?;
        }
        let read = work(&mut slot);
        if read.is_err() {
            slot.let_go()?;
        }
        read
    }

    /// There is another state from now on. Called before a commit is acknowledged.
    pub(super) fn committed(&self) {
        self.commits.fetch_add(1, Ordering::Release);
    }

    /// Does something while no state is held any longer than a read takes.
    pub(super) fn without<T>(&self, work: impl FnOnce() -> T) -> T {
        self.clearing.fetch_add(1, Ordering::AcqRel);
        for slot in &self.slots {
            if let Err(error) = lock(slot).let_go() {
                tracing::warn!(%error, "a reader does not let go of what it has read");
            }
        }
        let done = work();
        self.clearing.fetch_sub(1, Ordering::AcqRel);
        done
    }

    /// Closes all connections.
    pub(super) fn close(&self) {
        for slot in &self.slots {
            *lock(slot) = Slot::default();
        }
    }
}

impl Slot {
    fn connection(&self) -> Result<&Connection> {
        self.connection.as_ref().ok_or(Error::Unavailable)
    }

    fn snapshot<T>(&mut self, work: impl FnOnce(&Connection) -> Result<T>) -> Result<Snapshot<T>> {
        let connection = self.connection()?;
        if self.entered.is_none() {
            return feed::snapshot(connection, || work(connection));
        }
        let position = match self.position {
            Some(position) => position,
            None => feed::position_in(connection)?,
        };
        let content = work(connection)?;
        self.position = Some(position);
        Ok(Snapshot { content, position })
    }

    fn enter(&mut self, now: u64) -> Result<()> {
        self.let_go()?;
        if let Some(connection) = &self.connection {
            connection.prepare_cached("BEGIN")?.execute([])?;
            self.entered = Some(now);
        }
        Ok(())
    }

    fn let_go(&mut self) -> Result<()> {
        self.position = None;
        if self.entered.take().is_some()
            && let Some(connection) = self.connection.as_ref().filter(|it| !it.is_autocommit())
        {
            connection.prepare_cached("COMMIT")?.execute([])?;
        }
        Ok(())
    }
}

/// Threads count from 0 in the order in which they first read.
fn thread_number() -> usize {
    static THREADS: AtomicUsize = AtomicUsize::new(0);
    thread_local! {
        static NUMBER: usize = THREADS.fetch_add(1, Ordering::Relaxed);
    }
    NUMBER.with(|number| *number)
}

fn lock(slot: &Mutex<Slot>) -> MutexGuard<'_, Slot> {
    slot.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::sqlite::connection;

    /// A file with a table, the connection that writes it, and readers of it.
    struct Shop {
        _folder: tempfile::TempDir,
        path: std::path::PathBuf,
        writer: Connection,
        held: Held,
    }

    impl Shop {
        fn open() -> Self {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("held.db");
            let writer = Connection::open(&path).unwrap();
            let schema = "PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0; CREATE TABLE t (n INTEGER);";
            writer.execute_batch(schema).unwrap();
            Self { _folder: folder, path, writer, held: Held::default() }
        }

        fn write(&self) {
            self.writer.execute("INSERT INTO t VALUES (1)", []).unwrap();
            self.held.committed();
        }

        fn read(&self) -> i64 {
            let count =
                |db: &Connection| Ok(db.query_row("SELECT count(*) FROM t", [], |row| row.get(0))?);
            self.held.read(|| Ok(connection::reading(&self.path)?), count).unwrap()
        }

        /// How many pages the journal has, and how many of them are in the database after a checkpoint.
        fn checkpoint(&self) -> (i64, i64) {
            let sql = "PRAGMA wal_checkpoint(PASSIVE)";
            self.writer.query_row(sql, [], |row| Ok((row.get(1)?, row.get(2)?))).unwrap()
        }
    }

    #[test]
    fn a_read_sees_all_that_was_acknowledged_before() {
        let shop = Shop::open();
        for count in 0..3 {
            assert_eq!((shop.read(), shop.read()), (count, count));
            shop.write();
        }
    }

    #[test]
    fn a_state_is_held_until_the_next_commit() {
        let shop = Shop::open();
        assert_eq!(shop.read(), 0);
        shop.writer.execute("INSERT INTO t VALUES (1)", []).unwrap();
        assert_eq!(shop.read(), 0, "nobody has said that there is another state");
        shop.held.committed();
        assert_eq!(shop.read(), 1);
    }

    #[test]
    fn what_is_held_does_not_stay_in_the_way_of_a_checkpoint() {
        let shop = Shop::open();
        assert_eq!(shop.read(), 0);
        shop.write();
        let (journal, moved) = shop.checkpoint();
        assert!(moved < journal, "a held state would be in the way: {moved} of {journal}");
        shop.held.without(|| {
            assert_eq!(shop.read(), 1, "it can be read meanwhile");
            let (journal, moved) = shop.checkpoint();
            assert_eq!(moved, journal);
        });
        assert_eq!(shop.read(), 1);
        shop.write();
        let (journal, _) = shop.checkpoint();
        assert!(journal <= 2, "the journal has begun anew: {journal}");
        assert_eq!(shop.read(), 2);
    }

    #[test]
    fn a_read_that_fails_holds_nothing() {
        let shop = Shop::open();
        let open = || Ok(connection::reading(&shop.path)?);
        let failed = shop.held.read(open, |_| Err::<(), _>(Error::Overloaded));
        assert!(failed.is_err());
        let entered = shop.held.slots.iter().filter_map(|slot| lock(slot).entered).count();
        assert_eq!((entered, shop.read()), (0, 0));
    }
}
