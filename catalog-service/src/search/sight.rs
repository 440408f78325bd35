//! Which documents a search may come by at all: judged for each of them when it is read, by the time it then is.

use tantivy::{DocId, SegmentReader, columnar::Column};

use super::schema::name;
use crate::domain::Reach;

/// What a caller may see at a time.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sight {
    pub(super) reach: Reach,
    /// In microseconds.
    pub(super) now: i64,
}

/// The same for the documents of one segment.
pub(super) struct SegmentSight {
    sight: Sight,
    from: Column<i64>,
    until: Column<i64>,
    deleted: Column<bool>,
}

impl Sight {
    pub(super) fn of(self, segment: &SegmentReader) -> tantivy::Result<SegmentSight> {
        let fast = segment.fast_fields();
        Ok(SegmentSight {
            sight: self,
            from: fast.i64(name::PUBLIC_FROM)?,
            until: fast.i64(name::PUBLIC_UNTIL)?,
            deleted: fast.bool(name::DELETED)?,
        })
    }
}

impl SegmentSight {
    /// Whether a document may be seen. What is not there to be judged may not.
    pub(super) fn sees(&self, document: DocId) -> bool {
        match self.sight.reach {
            Reach::All => true,
            Reach::Live => self.deleted.first(document) == Some(false),
            Reach::Public => {
                self.from.first(document).is_some_and(|from| from <= self.sight.now)
                    && self.until.first(document).is_some_and(|until| self.sight.now < until)
            }
        }
    }
}
