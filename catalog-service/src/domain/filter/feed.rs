//! Filters of the feed of changes: who, when, what, and to which resource.

use jiff::Timestamp;

use super::{
    Comparison, FilterError,
    scan::Comparator,
    terms::{self, Term, at},
};
use crate::domain::EntryKind;

/// The fields of the contract.
const KNOWN: &str = "actor, create_time, kind, resource";

/// Which changes a list holds; nothing given: all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FeedFilter {
    /// The resource name of who made them.
    pub actor: Option<String>,
    /// Made at this time or later.
    pub from: Option<Timestamp>,
    /// Made before this time.
    pub until: Option<Timestamp>,
    /// What was done.
    pub kind: Option<EntryKind>,
    /// To what.
    pub resource: Option<Scope>,
}

/// Which resources.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// The one of this name.
    Exactly(String),
    /// The one of this name, and all below it.
    Within(String),
}

impl FeedFilter {
    /// Takes the caller's filter; an empty one takes all.
    ///
    /// # Errors
    /// A syntax error, an unknown field, a value of the wrong type, or more than 2 KiB.
    pub fn parse(text: &str) -> Result<Self, FilterError> {
        let mut filter = Self::default();
        terms::each(text, |term| filter.take(&term))?;
        Ok(filter)
    }

    fn take(&mut self, term: &Term) -> Result<(), FilterError> {
        match term.field.text.as_str() {
            "actor" => term.equals_once(&mut self.actor, |value| Ok(value.text.clone())),
            "create_time" => term.narrow(&mut self.from, &mut self.until),
            "kind" => term.equals_once(&mut self.kind, |value| {
                let given = value.text.strip_prefix("KIND_").unwrap_or(&value.text);
                let name = terms::one_of(&EntryKind::ALL.map(EntryKind::name), given, value)?;
                let kind = EntryKind::ALL.into_iter().find(|kind| kind.name() == name);
                kind.ok_or_else(|| at(value, "is not a kind of change"))
            }),
            "resource" => {
                let name = term.value.text.trim_end_matches('/').to_owned();
                let scope = match term.comparator {
                    _ if name.is_empty() => Err("name a resource, such as `categories/mugs`"),
                    Comparator::Is(Comparison::Equal) => Ok(Scope::Exactly(name)),
                    Comparator::Has => Ok(Scope::Within(name)),
                    Comparator::Is(_) => Err("compare a resource by `=` or `:`"),
                };
                term.once(&mut self.resource, scope.map_err(|message| at(&term.value, message))?)
            }
            _ => Err(term.unknown("a change", KNOWN)),
        }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[test]
    fn terms_about_who_when_what_and_where_are_read() {
        let text = "actor = \"users/ada\" AND create_time >= 2026-11-01 AND create_time < 2026-12-01 \
                    AND kind = PUBLISHED AND resource:\"products/mug\"";
        let time = |text: &str| Some(text.parse().unwrap());
        let expected = FeedFilter {
            actor: Some("users/ada".to_owned()),
            from: time("2026-11-01T00:00:00Z"),
            until: time("2026-12-01T00:00:00Z"),
            kind: Some(EntryKind::Published),
            resource: Some(Scope::Within("products/mug".to_owned())),
        };
        assert_eq!(FeedFilter::parse(text).unwrap(), expected);
        assert_eq!(FeedFilter::parse(" ").unwrap(), FeedFilter::default());
        let exact = FeedFilter::parse("resource = shop AND kind = KIND_UPDATED").unwrap();
        assert_eq!(exact.resource, Some(Scope::Exactly("shop".to_owned())));
        assert_eq!(exact.kind, Some(EntryKind::Updated));
    }

    #[rstest]
    #[case("change = CREATED", 1, "take one of actor")]
    #[case("kind = MOVED", 8, "take one of CREATED")]
    #[case("kind:CREATED", 1, "`=` only")]
    #[case("actor != ada", 1, "`=` only")]
    #[case("resource != shop", 13, "`=` or `:`")]
    #[case("resource = \"\"", 12, "name a resource")]
    #[case("resource = shop AND resource:categories", 21, "once")]
    #[case("create_time:*", 13, "")]
    #[case("kind = CREATED OR kind = DELETED", 16, "`AND`")]
    fn a_fault_is_told_with_its_column(
        #[case] text: &str,
        #[case] column: usize,
        #[case] says: &str,
    ) {
        let error = FeedFilter::parse(text).unwrap_err();
        assert_eq!(error.column, column, "{error}");
        assert!(error.message.contains(says), "{error}");
    }
}
