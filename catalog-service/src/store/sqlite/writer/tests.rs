//! A commit that is lost: the log says why and how many writes it held, and each of them is answered that it failed.

use std::{fs, path::Path};

use serving::Kept;

use super::*;
use crate::{
    config::DiskLimits,
    disk::ManualDisk,
    store::sqlite::{
        ballast::Ballast,
        connection::{self, Durability},
    },
};

/// What may stand on shelves; a thing on a shelf that is not there is noticed at the commit.
const SCHEMA: &str = "
    CREATE TABLE shelves (id INTEGER PRIMARY KEY);
    CREATE TABLE things (shelf INTEGER REFERENCES shelves (id) DEFERRABLE INITIALLY DEFERRED);
";

/// A disk with enough room for all of this.
fn room(path: &Path) -> Watch {
    let limits = DiskLimits { ballast: 0, read_only_below: 0 };
    let (disk, file) = (Arc::new(ManualDisk::of(u64::MAX)), fs::File::open(path).unwrap());
    Watch::start(disk, &limits, file, Ballast::at(path.with_extension("ballast"), 0))
}

/// Does one write on this thread, and answers its outcome and the text of the log.
fn written(path: &Path, sql: &'static str) -> (Result<()>, String) {
    let mut connection = connection::writing(path, Durability::None).unwrap();
    connection.busy_timeout(Duration::ZERO).unwrap();
    let checkpointer =
        Checkpointer::start(path, Durability::None, &mut connection, Arc::default()).unwrap();
    let generation = watch::Sender::default();
    let room = Arc::new(room(path));
    let group = Group { connection, checkpointer, room, generation, broken: false };
    let (reply, mut answer) = oneshot::channel();
    let work = move |db: &Connection| Ok(db.execute_batch(sql)?);
    let task = Work { ending: Ending::Keep, work: Some(work), outcome: None, reply };
    let (sender, receiver) = mpsc::channel::<Box<dyn Task>>(1);
    assert!(sender.try_send(Box::new(task)).is_ok());
    drop(sender);

    let kept = Kept::default();
    tracing::subscriber::with_default(kept.keeping(), || group.run(receiver));
    (answer.try_recv().unwrap(), kept.text())
}

fn database(folder: &tempfile::TempDir) -> (std::path::PathBuf, Connection) {
    let path = folder.path().join("shelf.db");
    fs::write(&path, "").unwrap();
    let connection = connection::writing(&path, Durability::None).unwrap();
    connection.execute_batch(SCHEMA).unwrap();
    (path, connection)
}

fn assert_one_line(log: &str, reason: &str) {
    assert_eq!(log.lines().count(), 1, "{log}");
    for words in ["ERROR", "could not commit", reason, "\"writes\":1"] {
        assert!(log.contains(words), "`{words}`: {log}");
    }
}

#[test]
fn a_commit_that_fails_is_logged_with_its_reason_and_its_writes() {
    let folder = tempfile::tempdir().unwrap();
    let (path, database) = database(&folder);
    let (answer, log) = written(&path, "INSERT INTO things VALUES (7)");
    assert!(matches!(answer, Err(Error::Failed(_))), "{answer:?}");
    assert_one_line(&log, "FOREIGN KEY");
    let things: i64 =
        database.query_row("SELECT count(*) FROM things", [], |row| row.get(0)).unwrap();
    assert_eq!(things, 0);
}

#[test]
fn a_commit_that_cannot_begin_is_logged_with_the_write_that_waited() {
    let folder = tempfile::tempdir().unwrap();
    let (path, database) = database(&folder);
    database.execute_batch("BEGIN IMMEDIATE").unwrap();
    let (answer, log) = written(&path, "INSERT INTO shelves VALUES (7)");
    assert!(matches!(answer, Err(Error::Overloaded)), "{answer:?}");
    assert_one_line(&log, "Overloaded");
}

#[test]
fn a_commit_that_succeeds_leaves_no_line() {
    let folder = tempfile::tempdir().unwrap();
    let (path, _database) = database(&folder);
    let (answer, log) = written(&path, "INSERT INTO shelves VALUES (7)");
    assert!(answer.is_ok(), "{answer:?}");
    assert_eq!(log, "");
}
