//! What tells the values of a column apart across segments, each of which numbers them by itself.
//!
//! To compare texts, a dictionary would have to be looked into for each of them, which is most of what counting would cost. A segment
//! never changes: what its values hash to is worked out once, and forgotten with it.

use std::{
    collections::HashMap,
    hash::{BuildHasher as _, RandomState},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tantivy::{Searcher, SegmentReader, columnar::StrColumn, index::SegmentId};

/// What the values of a segment's column hash to, by number.
pub(super) type Hashes = Arc<[u64]>;

/// The hashes of all segments.
///
/// Values with one hash would be taken for one value: among a million values there is a chance of one in tens of millions, and nobody
/// can choose values that do, for the key is drawn anew at each start.
#[derive(Debug, Default)]
pub(in crate::search) struct Identities {
    key: RandomState,
    known: Mutex<HashMap<(SegmentId, &'static str), Hashes>>,
}

impl Identities {
    /// The hashes of a column.
    pub(super) fn of(
        &self,
        segment: &SegmentReader,
        name: &'static str,
        column: &StrColumn,
    ) -> tantivy::Result<Hashes> {
        let key = (segment.segment_id(), name);
        let known = self.lock().get(&key).map(Arc::clone);
        if let Some(known) = known {
            return Ok(known);
        }
        let hashes = self.work_out(column)?;
        self.lock().insert(key, Arc::clone(&hashes));
        Ok(hashes)
    }

    /// Forgets segments that are gone and works out new ones, so that no search has to: for the columns that were asked for by now.
    pub(in crate::search) fn keep_up(&self, searcher: &Searcher) -> tantivy::Result<()> {
        let mut names: Vec<&'static str> = self.lock().keys().map(|(_, name)| *name).collect();
        names.sort_unstable();
        names.dedup();
        for segment in searcher.segment_readers() {
            for name in &names {
                if let Some(column) = segment.fast_fields().str(name)? {
                    self.of(segment, name, &column)?;
                }
            }
        }
        let is_there = |id| searcher.segment_readers().iter().any(|it| it.segment_id() == id);
        self.lock().retain(|(segment, _), _| is_there(*segment));
        Ok(())
    }

    fn work_out(&self, column: &StrColumn) -> tantivy::Result<Hashes> {
        let mut hashes = Vec::with_capacity(column.num_terms());
        let mut values = column.dictionary().stream()?;
        while values.advance() {
            hashes.push(self.key.hash_one(values.key()));
        }
        Ok(hashes.into())
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<(SegmentId, &'static str), Hashes>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
