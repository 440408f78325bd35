//! A file that only takes up room, to be given up when there is no other.

use std::{
    fs::{self, OpenOptions},
    io,
    os::unix::fs::OpenOptionsExt as _,
    path::PathBuf,
};

use rustix::fs::{FallocateFlags, fallocate};

/// The room that is held back, in a file beside the database.
#[derive(Debug)]
pub(super) struct Ballast {
    path: PathBuf,
    size: u64,
    is_held: bool,
}

impl Ballast {
    /// The ballast at a path, which may be there from an earlier run; a size of 0 bytes is none.
    pub(super) fn at(path: PathBuf, size: u64) -> Self {
        let is_held = fs::metadata(&path).is_ok_and(|file| file.len() >= size);
        Self { path, size, is_held }
    }

    /// How many bytes of it are not held.
    pub(super) fn missing(&self) -> u64 {
        if self.is_held { 0 } else { self.size }
    }

    /// Takes the room up, unless the file system cannot keep any.
    pub(super) fn put_back(&mut self) {
        self.is_held = match self.allocate() {
            Ok(()) => true,
            Err(error) => {
                tracing::warn!(%error, path = %self.path.display(), "cannot hold room back for a full disk");
                let _partly = fs::remove_file(&self.path);
                false
            }
        };
    }

    fn allocate(&self) -> io::Result<()> {
        if self.size == 0 {
            return match fs::remove_file(&self.path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
                _ => Ok(()),
            };
        }
        let mut options = OpenOptions::new();
        let file = options.write(true).create(true).truncate(false).mode(0o600).open(&self.path)?;
        fallocate(&file, FallocateFlags::empty(), 0, self.size)?;
        // One of an earlier run may be larger.
        file.set_len(self.size)
    }

    /// Leaves the room to others.
    pub(super) fn give_up(&mut self) {
        if !self.is_held || self.size == 0 {
            return;
        }
        match fs::remove_file(&self.path) {
            Ok(()) => {
                self.is_held = false;
                tracing::warn!("gave up the room that was held back, so that deleting goes on");
            }
            Err(error) => {
                tracing::error!(%error, path = %self.path.display(), "cannot give up the room that was held back");
            }
        }
    }
}
