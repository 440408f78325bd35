//! What a read saw, and how far the feed of changes was when it did, so that a reader can go on from there and miss nothing.

/// A place in the feed of changes: the number of the last change before it; 0 before the first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct FeedPosition(i64);

impl FeedPosition {
    /// The place behind the change with this number.
    pub fn new(number: i64) -> Self {
        Self(number)
    }

    /// The number of the last change before this place.
    pub fn number(self) -> i64 {
        self.0
    }
}

/// Something read from one state of the catalog, and which state that was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Snapshot<T> {
    /// What was read.
    pub content: T,
    /// It holds every change up to here and none behind.
    pub position: FeedPosition,
}

impl<T> Snapshot<T> {
    /// The same state, with what `make` makes of the content.
    pub fn map<U>(self, make: impl FnOnce(T) -> U) -> Snapshot<U> {
        Snapshot { content: make(self.content), position: self.position }
    }

    /// The same state, with what `make` makes of the content, or why it could not.
    ///
    /// # Errors
    /// As `make` does.
    pub fn try_map<U, E>(self, make: impl FnOnce(T) -> Result<U, E>) -> Result<Snapshot<U>, E> {
        Ok(Snapshot { content: make(self.content)?, position: self.position })
    }
}

impl<T> Snapshot<Option<T>> {
    /// What was found, if anything was.
    pub fn transpose(self) -> Option<Snapshot<T>> {
        self.content.map(|content| Snapshot { content, position: self.position })
    }
}
