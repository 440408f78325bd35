//! Where a product stands, in one word, judged now.

use jiff::Timestamp;
use prost_types::Timestamp as Wire;
use proto::catalog::{Product, product::State};

use super::{format::timestamp, listed::Listed, words};

/// The word for a product's state within its publishing window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum StateWord {
    #[default]
    Draft,
    Published,
    Scheduled,
    Ended,
    Archived,
    Deleted,
}

impl StateWord {
    /// The state of a product.
    pub(crate) fn of(product: &Product, now: Timestamp) -> Self {
        let window = [product.publish_time, product.unpublish_time];
        Self::judged(product.state(), product.delete_time, window, now)
    }

    /// That of a product in a list.
    pub(crate) fn listed(product: &Listed<'_>, now: Timestamp) -> Self {
        let window = [product.publish_time, product.unpublish_time];
        Self::judged(product.state, product.delete_time, window, now)
    }

    fn judged(
        state: State,
        deleted: Option<Wire>,
        window: [Option<Wire>; 2],
        now: Timestamp,
    ) -> Self {
        let after = |time: Option<Wire>| time.as_ref().and_then(timestamp).map(|time| time > now);
        match state {
            _ if deleted.is_some() => Self::Deleted,
            State::Archived => Self::Archived,
            State::Active => match window.map(after) {
                [Some(true), _] => Self::Scheduled,
                [_, Some(false)] => Self::Ended,
                _ => Self::Published,
            },
            _ => Self::Draft,
        }
    }

    /// The word that styles and modules know it by.
    pub(crate) fn key(&self) -> &'static str {
        self.code().strip_prefix("state-").unwrap_or_default()
    }

    /// The word that people read.
    pub(crate) fn word(&self) -> &'static str {
        words::plain(self.code())
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Draft => "state-draft",
            Self::Published => "state-published",
            Self::Scheduled => "state-scheduled",
            Self::Ended => "state-ended",
            Self::Archived => "state-archived",
            Self::Deleted => "state-deleted",
        }
    }

    /// Whether it was put away.
    pub(crate) fn is_archived(&self) -> bool {
        *self == Self::Archived
    }

    /// Whether it was published, whatever its window says.
    pub(crate) fn is_active(&self) -> bool {
        matches!(self, Self::Published | Self::Scheduled | Self::Ended)
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(None, None, StateWord::Published)]
    #[case(Some(200), None, StateWord::Scheduled)]
    #[case(Some(50), Some(200), StateWord::Published)]
    #[case(None, Some(100), StateWord::Ended)]
    #[case(None, Some(50), StateWord::Ended)]
    fn an_active_product_is_public_within_its_window(
        #[case] from: Option<i64>,
        #[case] until: Option<i64>,
        #[case] expected: StateWord,
    ) {
        let at = |seconds| Wire { seconds, nanos: 0 };
        let product = Product {
            state: State::Active.into(),
            publish_time: from.map(at),
            unpublish_time: until.map(at),
            ..Default::default()
        };
        assert_eq!(StateWord::of(&product, Timestamp::from_second(100).unwrap()), expected);
    }
}
