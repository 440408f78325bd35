//! What a refused batch says about its items.

use std::collections::BTreeMap;

use tonic::Status;
use tonic_types::StatusExt as _;

/// Under which key an error names the items whose products are there already, such as `3,7-9`.
const PRESENT: &str = "product_id_taken_items";

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
    let present = details.error_info().and_then(|info| info.metadata.get(PRESENT));
    let mut items: BTreeMap<usize, Refusal> = present
        .into_iter()
        .flat_map(|ranges| indexes(ranges))
        .map(|index| (index, Refusal { present: true, violations: Vec::new() }))
        .collect();
    let Some(bad) = details.bad_request() else { return items };
    for violation in &bad.field_violations {
        let Some((index, field)) = item(&violation.field) else { continue };
        let refusal = items.entry(index).or_default();
        if refusal.present {
            continue;
        }
        refusal.violations.push(match field {
            "" => violation.description.clone(),
            field => format!("{field}: {}", violation.description),
        });
    }
    items
}

/// The indexes of a list such as `3,7-9`; what is no index is passed over. A batch has at most 500.
fn indexes(ranges: &str) -> impl Iterator<Item = usize> {
    ranges.split(',').flat_map(|range| {
        let (first, last) = range.split_once('-').unwrap_or((range, range));
        match (first.parse::<usize>(), last.parse::<usize>()) {
            (Ok(first), Ok(last)) if last < 500 => first..last + 1,
            _ => 0..0,
        }
    })
}

/// The index and the rest of a path such as `requests[12].product.title`.
fn item(path: &str) -> Option<(usize, &str)> {
    let (index, rest) = path.strip_prefix("requests[")?.split_once(']')?;
    Some((index.parse().ok()?, rest.strip_prefix('.').unwrap_or(rest)))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use tonic::Code;
    use tonic_types::{ErrorDetails, FieldViolation};

    use super::*;

    #[test]
    fn an_error_names_its_items() {
        let mut details = ErrorDetails::with_bad_request(vec![
            FieldViolation::new("requests[3].product_id", "is taken"),
            FieldViolation::new("requests[12].product.title", "must not be empty"),
            FieldViolation::new("requests[12].product.slug", "must be words"),
            FieldViolation::new("request_id", "must be visible"),
        ]);
        let named = [(PRESENT.to_owned(), "3,7-9".to_owned())];
        details.set_error_info("FIELD_INVALID", "shelf", named);
        let status = Status::with_error_details(Code::InvalidArgument, "no", details);
        let items = refusals(&status);
        assert_eq!(items.keys().copied().collect::<Vec<_>>(), [3, 7, 8, 9, 12]);
        assert_eq!(items[&3], Refusal { present: true, violations: Vec::new() });
        assert!(items[&8].present);
        assert_eq!(
            items[&12].violations,
            ["product.title: must not be empty", "product.slug: must be words"]
        );
    }

    #[rstest]
    #[case("", &[])]
    #[case("0", &[0])]
    #[case("4-5,9", &[4, 5, 9])]
    #[case("x,5-3,2-,1-99999999999,7", &[7])]
    fn ranges_are_read(#[case] text: &str, #[case] expected: &[usize]) {
        assert_eq!(indexes(text).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn an_error_about_the_caller_names_no_item() {
        assert_eq!(refusals(&Status::unauthenticated("who are you")), BTreeMap::new());
    }
}
