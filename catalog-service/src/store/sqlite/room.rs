//! How much room the disk has for the database: looked at before every commit, and decided here.
//!
//! A disk that is truly full lets SQLite delete as little as insert. So writes that add end while there is still room, and
//! below that lies a [`Ballast`] to give up for the others; without it nobody could make room from inside.

use std::{
    fs::File,
    sync::{Arc, Mutex, PoisonError},
};

use super::ballast::Ballast;
use crate::{
    config::DiskLimits,
    disk::{Disk, Space},
    domain::{CategoryAction, ProductAction, VariantAction},
};

const MIB: u64 = 1 << 20;

/// With less than this free, or than a tenth of a smaller disk, it is time to make room.
const LOW: u64 = 1_024 * MIB;

/// With less than this free the ballast is given up: what it takes to move the longest journal into the database.
const NEARLY_FULL: u64 = 64 * MIB;

/// What the free space of a disk means for the database on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Room {
    /// There is enough.
    Ample,
    /// There is still enough, but not for long.
    Low,
    /// Too little for anything but [`Need::Reserve`].
    ReadOnly,
}

impl Room {
    fn of(space: Space, read_only_below: u64) -> Self {
        match space.free {
            free if free < read_only_below => Self::ReadOnly,
            free if free < LOW.min(space.total / 10) => Self::Low,
            _ => Self::Ample,
        }
    }
}

/// What a write needs of the disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Need {
    /// What is kept back: it deletes, lets somebody in who can, or keeps somebody out.
    Reserve,
    /// Room for more than there was.
    Room,
}

impl From<&ProductAction> for Need {
    fn from(action: &ProductAction) -> Self {
        if matches!(action, ProductAction::Delete) { Self::Reserve } else { Self::Room }
    }
}

impl From<&VariantAction> for Need {
    fn from(action: &VariantAction) -> Self {
        if matches!(action, VariantAction::Delete) { Self::Reserve } else { Self::Room }
    }
}

impl From<&CategoryAction> for Need {
    fn from(action: &CategoryAction) -> Self {
        if matches!(action, CategoryAction::Delete) { Self::Reserve } else { Self::Room }
    }
}

/// Watches the disk of a database.
pub(super) struct Watch {
    disk: Arc<dyn Disk>,
    /// Any file on that disk.
    file: File,
    read_only_below: u64,
    state: Mutex<State>,
}

struct State {
    /// None before the first look.
    room: Option<Room>,
    ballast: Ballast,
}

impl Watch {
    /// Begins to watch the disk that holds `file`.
    pub(super) fn start(
        disk: Arc<dyn Disk>,
        limits: &DiskLimits,
        file: File,
        ballast: Ballast,
    ) -> Self {
        let state = Mutex::new(State { room: None, ballast });
        let watch = Self { disk, file, read_only_below: limits.read_only_below, state };
        watch.look();
        watch
    }

    /// Looks how much room there is now, and gives the ballast up or puts it back accordingly.
    pub(super) fn look(&self) {
        let space = match self.disk.space(&self.file) {
            Ok(space) => space,
            Err(error) => {
                tracing::warn!(%error, "cannot tell how much room the disk of the database has");
                return;
            }
        };
        let mut state = self.state();
        // Counted as if the ballast lay there, so that giving it up does not pass for room.
        let free = space.free.saturating_sub(state.ballast.missing());
        let room = Room::of(Space { free, ..space }, self.read_only_below);
        let before = state.room.replace(room);
        match room {
            Room::ReadOnly if space.free < NEARLY_FULL => state.ballast.give_up(),
            Room::ReadOnly => {}
            // Not with every look: what ran out in spite of it all must not take its room back at once.
            Room::Ample | Room::Low if matches!(before, None | Some(Room::ReadOnly)) => {
                state.ballast.put_back();
            }
            Room::Ample | Room::Low => {}
        }
        if before != Some(room) {
            tell(before, room, space.free);
        }
    }

    /// Whether there is what a write needs.
    pub(super) fn has(&self, need: Need) -> bool {
        need == Need::Reserve || self.state().room != Some(Room::ReadOnly)
    }

    /// There was no room where the last look saw some, as under a quota: what comes next gets the ballast's.
    pub(super) fn ran_out(&self) {
        let mut state = self.state();
        if state.room != Some(Room::ReadOnly) {
            state.ballast.give_up();
        }
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn tell(before: Option<Room>, room: Room, free: u64) {
    let free_mib = free / MIB;
    match (before, room) {
        (None, Room::Ample) => {}
        (_, Room::Ample) => tracing::info!(free_mib, "the disk of the database has room again"),
        (_, Room::Low) => {
            tracing::warn!(free_mib, "the disk of the database has little room left; make some");
        }
        (_, Room::ReadOnly) => tracing::error!(
            free_mib,
            "the disk of the database is nearly full: until there is room again, only reading, deleting and signing in go on"
        ),
    }
}

#[cfg(test)]
mod tests;
