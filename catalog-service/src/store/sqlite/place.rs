//! Where the database lies: a file in a folder of its own, which nobody else may read or use at the same time.

use std::{
    fs::{self, DirBuilder, File, OpenOptions},
    io,
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf},
};

use crate::{ids, store::OpenError};

/// The files of a store, held for this process.
#[derive(Debug)]
pub(super) struct Place {
    path: PathBuf,
    lock: File,
    is_temporary: bool,
}

impl Place {
    /// Makes what is missing, and takes the lock.
    pub(super) fn take(path: &Path) -> Result<Self, OpenError> {
        let lock = prepare(path).map_err(|source| unreadable(path, source))?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { path: path.to_owned(), lock, is_temporary: false }),
            Err(fs::TryLockError::WouldBlock) => Err(OpenError::InUse { path: path.to_owned() }),
            Err(fs::TryLockError::Error(source)) => Err(unreadable(path, source)),
        }
    }

    /// A place that is gone when the store is.
    pub(super) fn temporary(now: jiff::Timestamp) -> Result<Self, OpenError> {
        let folder = std::env::temp_dir().join(format!("shelf-{}", ids::new_id(now)));
        let mut place = Self::take(&folder.join("shelf.db"))?;
        place.is_temporary = true;
        Ok(place)
    }

    /// The database.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// A file beside it, of the same name with another ending.
    pub(super) fn beside(&self, ending: &str) -> PathBuf {
        beside(&self.path, ending)
    }

    /// A file on the disk of the database, whichever.
    pub(super) fn file(&self) -> io::Result<File> {
        self.lock.try_clone()
    }

    /// Whether it ends with the store.
    pub(super) fn is_temporary(&self) -> bool {
        self.is_temporary
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if self.is_temporary
            && let Some(folder) = self.path.parent()
        {
            // The system clears its folder for temporary files, should this fail.
            let _ = fs::remove_dir_all(folder);
        }
    }
}

fn prepare(path: &Path) -> io::Result<File> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    }
    let private = |path: &Path| {
        OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(path)
    };
    private(path)?;
    private(&beside(path, "lock"))
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(ending);
    PathBuf::from(name)
}

/// The error for a file that cannot be used.
pub(super) fn unreadable(
    path: &Path,
    source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
) -> OpenError {
    OpenError::Unreadable { path: path.to_owned(), source: source.into() }
}
