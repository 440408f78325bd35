//! Moves what is committed from the journal into the database, beside the writes and not inside them.

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicI32, Ordering},
        mpsc::{Receiver, SyncSender, sync_channel},
    },
    thread::JoinHandle,
};

use rusqlite::Connection;

use super::{
    connection::{self, Durability},
    held::Held,
};

/// How many pages of journal are worth a checkpoint.
const PAGES: i32 = 1_000;
/// From how many pages on the writes wait for it; beside unbroken writes it would never come to the journal's end.
const TOO_MANY: i32 = 16_384;

/// The writer's side of the checkpoint thread.
#[derive(Debug)]
pub(super) struct Checkpointer {
    pages: Arc<AtomicI32>,
    held: Arc<Held>,
    wake: Option<SyncSender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Checkpointer {
    /// Starts the thread, and lets the writer's connection count the journal's pages.
    pub(super) fn start(
        path: &Path,
        durability: Durability,
        writer: &mut Connection,
        held: Arc<Held>,
    ) -> rusqlite::Result<Self> {
        let pages = Arc::new(AtomicI32::new(0));
        let counter = Arc::clone(&pages);
        writer.wal_hook(Some(move |_: &mut rusqlite::hooks::Wal, count: i32| {
            counter.store(count, Ordering::Relaxed);
            Ok(())
        }))?;
        let (wake, woken) = sync_channel(1);
        let database = connection::writing(path, durability)?;
        let readers = Arc::clone(&held);
        let thread = std::thread::Builder::new()
            .name("store-checkpoint".to_owned())
            .spawn(move || run(&database, &readers, &woken))
            .map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))?;
        Ok(Self { pages, held, wake: Some(wake), thread: Some(thread) })
    }

    /// There is another state, which is about to be acknowledged.
    pub(super) fn committed(&self) {
        self.held.committed();
    }

    /// Wakes the thread when there is enough to do.
    pub(super) fn after_commit(&self, writer: &Connection) {
        let pages = self.pages.load(Ordering::Relaxed);
        if pages >= TOO_MANY {
            move_pages(writer, &self.held);
        } else if pages >= PAGES
            && let Some(wake) = &self.wake
        {
            // When it is awake already, it will look again.
            let _ = wake.try_send(());
        }
    }

    /// Ends the thread and leaves an empty journal, if no reader needs it.
    pub(super) fn finish(&mut self, writer: &Connection) {
        self.wake.take();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
        let emptied = self.held.without(|| checkpoint(writer, "PRAGMA wal_checkpoint(TRUNCATE)"));
        if let Err(error) = emptied {
            tracing::debug!(%error, "the journal stays until the next start");
        }
    }
}

fn run(database: &Connection, held: &Held, woken: &Receiver<()>) {
    while woken.recv().is_ok() {
        move_pages(database, held);
    }
}

/// Moves what no reader needs any more, and waits for nobody.
fn move_pages(database: &Connection, held: &Held) {
    if let Err(error) = held.without(|| checkpoint(database, "PRAGMA wal_checkpoint(PASSIVE)")) {
        tracing::warn!(%error, "could not move the journal into the database");
    }
}

fn checkpoint(database: &Connection, pragma: &str) -> rusqlite::Result<()> {
    database.query_row(pragma, [], |_| Ok(()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_checkpoint_waits_for_no_state_that_is_held() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("shelf.db");
        let new = Connection::open(&path).unwrap();
        new.execute_batch("PRAGMA journal_mode = WAL; CREATE TABLE t (n INTEGER);").unwrap();
        let mut writer = connection::writing(&path, Durability::Full).unwrap();
        let held = Arc::new(Held::default());
        let mut checkpointer =
            Checkpointer::start(&path, Durability::Full, &mut writer, Arc::clone(&held)).unwrap();
        let open = || Ok(connection::reading(&path)?);
        let count = |db: &Connection| {
            Ok(db.query_row("SELECT count(*) FROM t", [], |row| row.get::<_, i64>(0))?)
        };
        assert_eq!(held.read(open, count).unwrap(), 0);
        writer.busy_timeout(std::time::Duration::ZERO).unwrap();
        writer.execute_batch("INSERT INTO t VALUES (1)").unwrap();
        checkpointer.finish(&writer);
        assert_eq!(std::fs::metadata(folder.path().join("shelf.db-wal")).unwrap().len(), 0);
    }
}
