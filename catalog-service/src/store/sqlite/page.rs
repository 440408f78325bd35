//! A page as it is gathered: it ends when it has its items, or before it grows too large to be sent.

use crate::{
    domain::{Cursor, Document, Page, Total},
    store::LARGEST_ANSWER,
};

/// What of a page is there.
pub(super) struct Gathered<T> {
    size: usize,
    items: Vec<Document<T>>,
    bytes: usize,
    last: Option<Cursor>,
    is_full: bool,
}

impl<T> Gathered<T> {
    /// A page of at most `size` items, with none yet.
    pub(super) fn new(size: usize) -> Self {
        Self { size, items: Vec::new(), bytes: 0, last: None, is_full: false }
    }

    /// How many items are still wanted.
    pub(super) fn wanted(&self) -> usize {
        self.size - self.items.len()
    }

    /// Whether an item was left to the next page.
    pub(super) fn is_full(&self) -> bool {
        self.is_full
    }

    /// Takes the next item, behind which `cursor` stands; false: it is left to the next page. One item always has room.
    pub(super) fn take(&mut self, document: Vec<u8>, cursor: Cursor) -> bool {
        let bytes = self.bytes + document.len();
        self.is_full =
            self.items.len() == self.size || (bytes > LARGEST_ANSWER && !self.items.is_empty());
        if !self.is_full {
            self.bytes = bytes;
            self.items.push(Document::new(document));
            self.last = Some(cursor);
        }
        !self.is_full
    }

    /// The page, with where the next one starts if there is one.
    pub(super) fn page(self, total: Total) -> Page<Document<T>> {
        let next = self.last.filter(|_| self.is_full);
        Page { items: self.items, next, total }
    }
}
