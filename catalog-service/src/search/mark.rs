//! What an index says of itself with each of its states: of which store it is, and how far in the feed it has come.

use std::{fmt, str::FromStr};

use super::schema;

/// The payload of a commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Mark {
    /// Which store it follows.
    pub(super) store: String,
    /// The number of the last change in it.
    pub(super) position: i64,
    /// When that change was made, in microseconds: another store, or an earlier state of this one, has another change there.
    pub(super) time: i64,
    /// The currency of its prices.
    pub(super) currency: String,
    /// Whether every product is in it.
    pub(super) is_whole: bool,
}

impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { store, position, time, currency, is_whole } = self;
        write!(f, "{} {store} {position} {time} {currency} {is_whole}", schema::VERSION)
    }
}

/// Nothing that this version has written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the index is of another version")]
pub(super) struct Foreign;

impl FromStr for Mark {
    type Err = Foreign;

    fn from_str(text: &str) -> Result<Self, Foreign> {
        let parts: Vec<_> = text.split(' ').collect();
        let [version, store, position, time, currency, is_whole] = parts[..] else {
            return Err(Foreign);
        };
        if version != schema::VERSION.to_string() {
            return Err(Foreign);
        }
        Ok(Self {
            store: store.to_owned(),
            position: position.parse().map_err(|_| Foreign)?,
            time: time.parse().map_err(|_| Foreign)?,
            currency: currency.to_owned(),
            is_whole: is_whole.parse().map_err(|_| Foreign)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_is_read_as_it_was_written_and_no_other_is() {
        let mark = Mark {
            store: "5c0ffee".to_owned(),
            position: 42,
            time: -7,
            currency: "EUR".to_owned(),
            is_whole: true,
        };
        let text = mark.to_string();
        assert_eq!(text.parse(), Ok(mark));
        let newer = text.replacen(&schema::VERSION.to_string(), "999", 1);
        for other in ["", "1", newer.as_str()] {
            assert_eq!(other.parse::<Mark>(), Err(Foreign));
        }
    }
}
