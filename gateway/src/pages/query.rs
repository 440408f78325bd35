//! The query of an address: what a list shows. The same query is the same list, so its order is fixed and defaults are left out.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use http::request::Parts;

/// Names and values in their order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Query(Vec<(String, String)>);

impl Query {
    /// An empty one.
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// Reads what stands behind the `?` of an address.
    pub(crate) fn parse(query: &str) -> Self {
        let pairs = form_urlencoded::parse(query.as_bytes());
        Self(pairs.map(|(name, value)| (name.into(), value.into())).collect())
    }

    /// Adds a value, unless it is empty, which is the default.
    #[must_use]
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        if !value.is_empty() {
            self.0.push((name.to_owned(), value.to_owned()));
        }
        self
    }

    /// The first value of a name, trimmed; empty when there is none.
    pub(crate) fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(other, _)| other == name).map_or("", |(_, value)| value.trim())
    }

    /// All values of a name, trimmed.
    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(other, _)| other == name).map(|(_, value)| value.trim())
    }

    /// A count, or zero.
    pub(crate) fn number(&self, name: &str) -> i32 {
        self.get(name).parse().unwrap_or(0).clamp(0, 1_000_000)
    }

    /// Whether something stands in it that says nothing, as an unfilled form field does.
    pub(crate) fn has_blanks(&self) -> bool {
        self.0.iter().any(|(_, value)| value.trim().is_empty())
    }

    /// The address of a path with this query.
    pub(crate) fn at(&self, path: &str) -> String {
        if self.0.is_empty() {
            return path.to_owned();
        }
        let mut query = form_urlencoded::Serializer::new(String::new());
        format!("{path}?{}", query.extend_pairs(&self.0).finish())
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Query {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::parse(parts.uri.query().unwrap_or_default()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defaults_are_left_out_and_values_are_escaped() {
        let query =
            Query::new().with("q", "mug & \"lamp\"").with("state", "").with("sort", "-price");
        assert_eq!(query.at("/x"), "/x?q=mug+%26+%22lamp%22&sort=-price");
        assert_eq!(Query::new().at("/x"), "/x");
    }
}
