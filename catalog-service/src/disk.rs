//! The one place that asks how much room a disk has. Nothing else in the service may.

use std::{
    fs::File,
    io,
    sync::atomic::{AtomicU64, Ordering},
};

use rustix::fs::fstatvfs;

/// How much room a disk has, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Space {
    /// What this process may still use.
    pub free: u64,
    /// All of it, used or not.
    pub total: u64,
}

/// Tells how much room there is.
pub trait Disk: Send + Sync + 'static {
    /// The room of the disk that holds a file.
    ///
    /// # Errors
    /// The disk does not say.
    fn space(&self, file: &File) -> io::Result<Space>;
}

/// The system's disks.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemDisk;

impl Disk for SystemDisk {
    fn space(&self, file: &File) -> io::Result<Space> {
        let found = fstatvfs(file)?;
        Ok(Space {
            free: found.f_bavail.saturating_mul(found.f_frsize),
            total: found.f_blocks.saturating_mul(found.f_frsize),
        })
    }
}

/// A disk that has as much room as it is told to have, for tests.
#[derive(Debug)]
pub struct ManualDisk {
    free: AtomicU64,
    total: u64,
}

impl ManualDisk {
    /// A disk without anything on it.
    pub fn of(total: u64) -> Self {
        Self { free: AtomicU64::new(total), total }
    }

    /// Leaves this many bytes free.
    pub fn leave(&self, free: u64) {
        self.free.store(free, Ordering::SeqCst);
    }
}

impl Disk for ManualDisk {
    fn space(&self, _: &File) -> io::Result<Space> {
        Ok(Space { free: self.free.load(Ordering::SeqCst), total: self.total })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_system_knows_the_disk_of_a_file() {
        let space = SystemDisk.space(&tempfile::tempfile().unwrap()).unwrap();
        assert!(space.total > 0 && space.free <= space.total, "{space:?}");
    }
}
