//! The refused items of a batch: one status that names each of them by its index.

use std::collections::BTreeMap;

use proto::Violation;
use tonic::Status;

use super::{Answer, Reason, changed_fields, reason_of, wire};
use crate::domain::{self, Conflict, Refusal};

/// What the items of a batch are called in its request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::grpc) enum Items {
    /// `names[3]`
    Names,
    /// `requests[3].name`, `requests[3].product.title`: products to create, or by their names.
    Requests,
    /// `requests[3].product.name`: products with new values.
    Products,
    /// `requests[3].variant.name`: variants with new values.
    Variants,
}

impl Items {
    /// The field of an item that a refusal is about.
    fn field(self, refusal: &Refusal) -> &'static str {
        match (refusal, self) {
            (Refusal::IdTaken { .. }, _) => "product_id",
            (Refusal::SlugTaken { .. }, _) => "product.slug",
            (Refusal::SkuTaken { .. }, Self::Variants) => "variant.sku",
            (Refusal::SkuTaken { .. }, _) => "product.variants",
            (Refusal::EtagMismatch(_), Self::Products) => "product.etag",
            (Refusal::EtagMismatch(_), Self::Variants) => "variant.etag",
            (Refusal::EtagMismatch(_), _) => "etag",
            (_, Self::Products) => "product.name",
            (_, Self::Variants) => "variant.name",
            _ => "name",
        }
    }
}

/// One status for all refused items: the reason of the first, and each by its index. What is wrong with each does not
/// always fit; that it is refused, and why, does.
pub(super) fn of_items(refused: Vec<(usize, Refusal)>, items: Items, message: &str) -> Status {
    let first = refused.first().map_or(Reason::FieldInvalid, |(_, refusal)| reason_of(refusal));
    let mut by_reason = BTreeMap::<&str, Vec<usize>>::new();
    for (index, refusal) in &refused {
        by_reason.entry(reason_of(refusal).as_str()).or_default().push(*index);
    }
    let all = refused.iter().map(|(index, _)| *index);
    let mut answer = Answer::new(first, message).with_list("failed_items", &ranges(all));
    for (reason, indexes) in by_reason {
        let key = format!("{}_items", reason.to_ascii_lowercase());
        answer = answer.with_list(&key, &ranges(indexes));
    }
    let current = refused.iter().filter_map(|(index, refusal)| match refusal {
        Refusal::EtagMismatch(conflict) => Some(format!("{index}={}", conflict.current.as_str())),
        _ => None,
    });
    let current: Vec<_> = current.collect();
    if !current.is_empty() {
        answer = answer.with_list("current_etags", &current);
    }
    let violations =
        refused.into_iter().flat_map(|(index, refusal)| of_item(index, refusal, items));
    answer.violations(violations.collect()).status()
}

/// Rising indexes in few letters: `3`, `7-9`.
fn ranges(indexes: impl IntoIterator<Item = usize>) -> Vec<String> {
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for index in indexes {
        match runs.last_mut() {
            Some((_, last)) if *last + 1 == index => *last = index,
            _ => runs.push((index, index)),
        }
    }
    let text = |(first, last)| match first == last {
        true => format!("{first}"),
        false => format!("{first}-{last}"),
    };
    runs.into_iter().map(text).collect()
}

fn of_item(index: usize, refusal: Refusal, items: Items) -> Vec<Violation> {
    if items == Items::Names {
        let description = refusal.to_string();
        return vec![Violation { field: format!("names[{index}]"), description }];
    }
    let at = format!("requests[{index}]");
    if let Refusal::SkusTaken(taken) = &refusal {
        let told = taken.iter().map(|one| (format!("{at}.{}", one.field), one.violation()));
        let reason = reason_of(&refusal).as_str();
        let violation = |(field, domain::Violation { description, .. })| Violation {
            field,
            description: format!("{reason}: {description}"),
        };
        return told.map(violation).collect();
    }
    let what = match &refusal {
        Refusal::EtagMismatch(conflict) => conflict_of_item(conflict),
        other => other.to_string(),
    };
    let description = format!("{}: {what}", reason_of(&refusal).as_str());
    let field = items.field(&refusal);
    let Refusal::Invalid(violations) = refusal else {
        return vec![Violation { field: format!("{at}.{field}"), description }];
    };
    let inside = |violation: domain::Violation| match violation.field.starts_with("requests[") {
        true => wire(violation),
        false => Violation {
            field: format!("{at}.{}", violation.field),
            description: violation.description,
        },
    };
    violations.into_iter().map(inside).collect()
}

/// The same for an item of a batch, for a person to read.
fn conflict_of_item(conflict: &Conflict) -> String {
    let now = format!("`{}` is now {}", conflict.name, conflict.current.as_str());
    let Some(last) = conflict.changes.last() else { return now };
    let (who, when) = (&last.actor.display_name, last.time);
    format!("{now}, last changed by {who} at {when}: {}", changed_fields(conflict).join(","))
}
