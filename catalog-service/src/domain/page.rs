//! Pages by keyset: where the last one ended, in the words of the order.

/// How much to answer, and after what.
#[derive(Clone, Debug, PartialEq)]
pub struct PageRequest {
    /// How many items at most; at least 1.
    pub size: usize,
    /// Where the page before ended; none: from the start.
    pub after: Option<Cursor>,
}

impl PageRequest {
    /// How many items a page has when the caller does not say.
    pub const DEFAULT_SIZE: usize = 50;
    /// How many items a page has at most.
    pub const LARGEST: usize = 1_000;

    /// Takes the caller's `page_size`, which the contract has found not to be negative; zero is the default, and more than the most is the most.
    pub fn new(size: i32, after: Option<Cursor>) -> Self {
        let size = match usize::try_from(size) {
            Ok(0) | Err(_) => Self::DEFAULT_SIZE,
            Ok(size) => size.min(Self::LARGEST),
        };
        Self { size, after }
    }

    /// How many items to look for: one more than fits shows that there is a next page.
    pub fn limit(&self) -> i64 {
        i64::try_from(self.size).unwrap_or(i64::MAX - 1) + 1
    }
}

/// A place between two items of an ordered list: the sort values and the id of the item before it.
#[derive(Clone, Debug, PartialEq)]
pub struct Cursor {
    /// The values of the keys of the order, in their order.
    pub values: Vec<CursorValue>,
    /// The id, which is the last key.
    pub id: String,
}

/// One sort value.
#[derive(Clone, Debug, PartialEq)]
pub enum CursorValue {
    /// The item lacks the field.
    Missing,
    /// A time in microseconds, an amount in micro-units, or a position.
    Number(i64),
    /// A text.
    Text(String),
}

/// Some items of a list, and where they end.
#[derive(Clone, Debug, PartialEq)]
pub struct Page<T> {
    /// The items.
    pub items: Vec<T>,
    /// Where the next page starts; none: this is the last one.
    pub next: Option<Cursor>,
    /// How many items the whole list has.
    pub total: Total,
}

/// How many items a list has, counted to 10,000.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Total {
    /// How many were counted.
    pub count: u32,
    /// There are more.
    pub capped: bool,
}

impl Total {
    /// Where counting stops.
    pub const MOST: u32 = 10_000;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_has_fifty_or_what_is_asked_for_up_to_a_thousand() {
        for (asked, size) in
            [(0, 50), (1, 1), (999, 999), (1_000, 1_000), (1_001, 1_000), (i32::MAX, 1_000)]
        {
            assert_eq!(PageRequest::new(asked, None).size, size, "{asked}");
        }
    }
}
