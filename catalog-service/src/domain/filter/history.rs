//! Filters of a history: terms of AIP-160 joined by `AND`, about who, when and what.

use jiff::Timestamp;

use super::{
    FilterError,
    scan::{Comparator, Piece},
    terms::{self, Term, at},
};
use crate::domain::ChangeKind;

/// The fields of the contract.
const KNOWN: &str = "actor, create_time, change, changed_fields";
/// How many fields may be asked for.
const MOST_FIELDS: usize = 16;

/// Which revisions a history holds; nothing given: all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RevisionFilter {
    /// The resource name of who made them.
    pub actor: Option<String>,
    /// Made at this time or later.
    pub from: Option<Timestamp>,
    /// Made before this time.
    pub until: Option<Timestamp>,
    /// The name of the kind of change.
    pub change: Option<&'static str>,
    /// They changed each of these fields, or what lies below it.
    pub fields: Vec<String>,
}

impl RevisionFilter {
    /// Takes the caller's filter; an empty one takes all.
    ///
    /// # Errors
    /// A syntax error, an unknown field, a value of the wrong type, or more than 2 KiB.
    pub fn parse(text: &str) -> Result<Self, FilterError> {
        let mut filter = Self::default();
        terms::each(text, |term| filter.take(term))?;
        Ok(filter)
    }

    fn take(&mut self, term: Term) -> Result<(), FilterError> {
        match term.field.text.as_str() {
            "actor" => term.equals_once(&mut self.actor, |value| Ok(value.text.clone())),
            "create_time" => term.narrow(&mut self.from, &mut self.until),
            "change" => term.equals_once(&mut self.change, kind),
            "changed_fields" => self.take_field(term),
            _ => Err(term.unknown("a history", KNOWN)),
        }
    }

    fn take_field(&mut self, term: Term) -> Result<(), FilterError> {
        let Term { field, comparator, value } = term;
        if comparator != Comparator::Has || value.text.is_empty() {
            return Err(at(
                &field,
                "ask for a changed field by `:`, such as `changed_fields:title`",
            ));
        }
        if self.fields.len() == MOST_FIELDS {
            return Err(at(
                &field,
                format!("at most {MOST_FIELDS} changed fields can be asked for"),
            ));
        }
        self.fields.push(value.text);
        Ok(())
    }

    /// Whether changed fields, one a line, hold all that this filter asks for.
    pub fn touches(fields: &[String], changed: &str) -> bool {
        fields.iter().all(|field| changed.lines().any(|path| is_within(field, path)))
    }
}

/// Whether a changed path is the field, lies below it, or is that field of a variant.
fn is_within(field: &str, path: &str) -> bool {
    let below = |rest: &str| rest.is_empty() || rest.starts_with(['.', '/']);
    let of_variant = || path.starts_with("variants/") && path.rsplit('.').next() == Some(field);
    path.strip_prefix(field).is_some_and(below) || of_variant()
}

fn kind(value: &Piece) -> Result<&'static str, FilterError> {
    let given = value.text.strip_prefix("CHANGE_").unwrap_or(&value.text);
    terms::one_of(&ChangeKind::NAMES, given, value)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn time(text: &str) -> Option<Timestamp> {
        Some(text.parse().unwrap())
    }

    #[test]
    fn terms_are_read_and_times_narrow_each_other() {
        let text = "actor = \"users/ada\" AND create_time >= 2026-11-01 AND create_time > 2026-10-01 \
                    AND create_time < 2026-12-01T00:00:00Z AND change = PUBLISHED AND changed_fields:attributes";
        let expected = RevisionFilter {
            actor: Some("users/ada".to_owned()),
            from: time("2026-11-01T00:00:00Z"),
            until: time("2026-12-01T00:00:00Z"),
            change: Some("PUBLISHED"),
            fields: vec!["attributes".to_owned()],
        };
        assert_eq!(RevisionFilter::parse(text).unwrap(), expected);
        assert_eq!(RevisionFilter::parse("  ").unwrap(), RevisionFilter::default());
    }

    #[rstest]
    #[case("title = mug", 1, "not a field")]
    #[case("actor != ada", 1, "`=` only")]
    #[case("actor = a AND actor = b", 15, "once")]
    #[case("change = MOVED", 10, "kind of change")]
    #[case("create_time >= soon", 16, "not a time")]
    #[case("create_time != 2026-11-01", 16, "compare a time")]
    #[case("create_time:*", 13, "")]
    #[case("changed_fields = title", 1, "by `:`")]
    #[case("actor = a OR actor = b", 11, "`AND`")]
    #[case("actor = a AND", 14, "needs a term")]
    #[case("actor", 6, "comparison")]
    fn a_fault_is_told_with_its_column(
        #[case] text: &str,
        #[case] column: usize,
        #[case] says: &str,
    ) {
        let error = RevisionFilter::parse(text).unwrap_err();
        assert_eq!(error.column, column, "{error}");
        assert!(error.message.contains(says), "{error}");
    }

    #[rstest]
    #[case("title", "title", true)]
    #[case("title", "slug\ntitle", true)]
    #[case("attributes", "attributes.colour", true)]
    #[case("attributes.colour", "attributes.colour", true)]
    #[case("attributes.col", "attributes.colour", false)]
    #[case("variants", "variants/white.prices", true)]
    #[case("variants/white", "variants/white.prices", true)]
    #[case("prices", "variants/white.prices", true)]
    #[case("prices", "attributes.prices", false)]
    #[case("title", "", false)]
    fn a_field_holds_what_lies_below_it(
        #[case] field: &str,
        #[case] changed: &str,
        #[case] touches: bool,
    ) {
        assert_eq!(RevisionFilter::touches(&[field.to_owned()], changed), touches);
    }
}
