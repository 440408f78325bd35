//! What a refused batch says about its items.

use std::collections::BTreeMap;

use tonic::Status;
use tonic_types::StatusExt as _;

/// The reason by which an item tells that its product is there already.
const PRESENT: &str = "PRODUCT_ID_TAKEN";

/// What is wrong with one item of a batch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Refusal {
    /// The product is there already; then its slug and sku are too, and what else is told does not matter.
    pub present: bool,
    /// All that is wrong with it, each as `field: sentence`.
    pub violations: Vec<String>,
}

/// The items that an error names, by their index; none when it is not about items.
pub fn refusals(status: &Status) -> BTreeMap<usize, Refusal> {
    let details = status.get_error_details();
    let reason = details.error_info().map(|info| info.reason.as_str()).unwrap_or_default();
    let mut items = BTreeMap::<usize, Refusal>::new();
    let Some(bad) = details.bad_request() else { return items };
    for violation in &bad.field_violations {
        let Some((index, field)) = item(&violation.field) else { continue };
        let own = if violation.reason.is_empty() { reason } else { &violation.reason };
        let refusal = items.entry(index).or_default();
        if own == PRESENT {
            refusal.present = true;
        } else if field.is_empty() {
            refusal.violations.push(violation.description.clone());
        } else {
            refusal.violations.push(format!("{field}: {}", violation.description));
        }
    }
    items
}

/// The index and the rest of a path such as `requests[12].product.title`.
fn item(path: &str) -> Option<(usize, &str)> {
    let (index, rest) = path.strip_prefix("requests[")?.split_once(']')?;
    Some((index.parse().ok()?, rest.strip_prefix('.').unwrap_or(rest)))
}

#[cfg(test)]
mod tests {
    use tonic::Code;
    use tonic_types::{ErrorDetails, FieldViolation};

    use super::*;

    fn violation(field: &str, description: &str, reason: &str) -> FieldViolation {
        FieldViolation { reason: reason.into(), ..FieldViolation::new(field, description) }
    }

    #[test]
    fn an_error_names_its_items() {
        let mut details = ErrorDetails::with_bad_request(vec![
            violation("requests[3].product_id", "is taken", PRESENT),
            violation("requests[12].product.title", "must not be empty", "FIELD_INVALID"),
            violation("requests[12].product.slug", "must be words", ""),
            violation("request_id", "must be visible", ""),
        ]);
        details.set_error_info("FIELD_INVALID", "shelf", [("count".to_owned(), "1".to_owned())]);
        let status = Status::with_error_details(Code::InvalidArgument, "no", details);
        let items = refusals(&status);
        assert_eq!(items.len(), 2);
        assert_eq!(items[&3], Refusal { present: true, violations: Vec::new() });
        assert_eq!(
            items[&12].violations,
            ["product.title: must not be empty", "product.slug: must be words"]
        );
    }

    #[test]
    fn the_reason_of_the_whole_error_counts_where_an_item_has_none() {
        let mut details =
            ErrorDetails::with_bad_request(vec![violation("requests[0]", "is taken", "")]);
        details.set_error_info(PRESENT, "shelf", [("count".to_owned(), "1".to_owned())]);
        let status = Status::with_error_details(Code::AlreadyExists, "no", details);
        assert!(refusals(&status)[&0].present);
    }

    #[test]
    fn an_error_about_the_caller_names_no_item() {
        assert_eq!(refusals(&Status::unauthenticated("who are you")), BTreeMap::new());
    }
}
