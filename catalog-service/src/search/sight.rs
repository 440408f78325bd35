//! Which documents a search may come by at all: judged for each of them when it is read, by the time it then is.

use tantivy::{
    DocId, SegmentReader,
    columnar::{Cardinality, Column},
};

use super::schema::name;
use crate::domain::{Product, Reach, State, Window};

/// What a caller may see at a time.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sight {
    pub(super) reach: Reach,
    /// In microseconds.
    pub(super) now: i64,
}

/// How a product stands to those who search.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u64)]
pub(super) enum Standing {
    /// It is deleted.
    Deleted = 0,
    /// It is for staff only.
    Hidden = 1,
    /// It is public at all times.
    Public = 2,
    /// It is public from a time on, or until one.
    AtTimes = 3,
}

impl Standing {
    /// How a product stands.
    pub(super) fn of(product: &Product) -> Self {
        if product.is_deleted() {
            Self::Deleted
        } else if product.state != State::Active {
            Self::Hidden
        } else if product.window == Window::default() {
            Self::Public
        } else {
            Self::AtTimes
        }
    }
}

/// The sight of the documents of one segment.
pub(super) struct SegmentSight {
    sight: Sight,
    /// None: not every document has one, and nothing is seen of an index that is not what it should be.
    standings: Option<Column<u64>>,
    from: Column<i64>,
    until: Column<i64>,
}

impl Sight {
    pub(super) fn of(self, segment: &SegmentReader) -> tantivy::Result<SegmentSight> {
        let fast = segment.fast_fields();
        let standings = fast.u64(name::SIGHT)?;
        let is_full = standings.get_cardinality() == Cardinality::Full;
        Ok(SegmentSight {
            sight: self,
            standings: is_full.then_some(standings),
            from: fast.i64(name::PUBLIC_FROM)?,
            until: fast.i64(name::PUBLIC_UNTIL)?,
        })
    }
}

impl SegmentSight {
    /// Whether a document may be seen. What is not there to be judged may not.
    pub(super) fn sees(&self, document: DocId) -> bool {
        const PUBLIC: u64 = Standing::Public as u64;
        const AT_TIMES: u64 = Standing::AtTimes as u64;
        let Some(standings) = &self.standings else { return false };
        let standing = standings.values.get_val(document);
        match self.sight.reach {
            Reach::All => true,
            Reach::Live => standing != Standing::Deleted as u64,
            Reach::Public => standing == PUBLIC || (standing == AT_TIMES && self.is_open(document)),
        }
    }

    fn is_open(&self, document: DocId) -> bool {
        self.from.first(document).is_some_and(|from| from <= self.sight.now)
            && self.until.first(document).is_some_and(|until| self.sight.now < until)
    }
}
