//! What the address of the activity asks for, and the filter that it becomes.

use jiff::{ToSpan as _, civil::Date};

use crate::pages::{people, query::Query};

/// To what something was done: as the address and the filter have it, and as it is called.
pub(super) const OF: [(&str, &str); 4] =
    [("", "Everything"), ("products", "Products"), ("categories", "Categories"), ("shop", "Shop")];

/// What the address asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Asked {
    /// The id of a user, the name of an API key, or Shelf itself.
    pub(super) by: String,
    /// To what.
    pub(super) of: String,
    pub(super) from: Option<Date>,
    pub(super) to: Option<Date>,
    pub(super) page: String,
}

impl Asked {
    pub(super) fn of(query: &Query) -> Self {
        let day = |name: &str| query.get(name).parse().ok();
        let (by, of) = (query.get("by"), query.get("of"));
        let is_known = OF.iter().any(|(value, _)| *value == of);
        Self {
            by: people::asked(by),
            of: if is_known { of.to_owned() } else { String::new() },
            from: day("from"),
            to: day("to"),
            page: query.get("page").to_owned(),
        }
    }

    pub(super) fn query(&self) -> Query {
        let day = |day: Option<Date>| day.map(|day| day.to_string()).unwrap_or_default();
        Query::new()
            .with("by", &self.by)
            .with("of", &self.of)
            .with("from", &day(self.from))
            .with("to", &day(self.to))
            .with("page", &self.page)
    }

    pub(super) fn first_page(&self) -> Self {
        Self { page: String::new(), ..self.clone() }
    }

    /// AIP-160; the last day belongs to the range.
    pub(super) fn filter(&self) -> String {
        let mut terms = Vec::new();
        if !self.by.is_empty() {
            terms.push(format!("actor = \"{}\"", people::actor(&self.by)));
        }
        if !self.of.is_empty() {
            terms.push(format!("resource:{}", self.of));
        }
        if let Some(day) = self.from {
            terms.push(format!("create_time >= {day}"));
        }
        if let Some(day) = self.to.and_then(|day| day.checked_add(1.day()).ok()) {
            terms.push(format!("create_time < {day}"));
        }
        terms.join(" AND ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(query: &str) -> Asked {
        Asked::of(&Query::parse(query))
    }

    #[test]
    fn the_address_becomes_a_filter_that_holds_its_last_day() {
        let filter = asked("by=grace&of=categories&from=2026-11-01&to=2026-11-30").filter();
        let expected = "actor = \"users/grace\" AND resource:categories AND create_time >= 2026-11-01 \
                        AND create_time < 2026-12-01";
        assert_eq!(filter, expected);
        assert_eq!(asked("by=a%22b&of=users&from=soon&to=2026-02-31").filter(), "");
    }

    #[test]
    fn the_same_list_has_one_address() {
        let one = asked("to=2026-11-30&of=shop&by=grace&from=").query().at("/x");
        assert_eq!(one, "/x?by=grace&of=shop&to=2026-11-30");
    }
}
