//! From the failures of the use cases to the statuses of the contract: the one place where each gets its reason.

mod items;

use std::fmt::Write as _;

use proto::Violation;
use tonic::Status;

pub(super) use self::items::Items;
use super::{reason::Reason, refusal::Refusal as Answer, status};
use crate::{
    access,
    catalog::Error,
    domain::{self, Conflict, Refusal, ResourceKind, TakenSku},
    encoding::MaskError,
    store,
};

/// The status of a catalog's failure; items of a batch are called `requests`.
pub(super) fn of_catalog(error: Error) -> Status {
    of_batch(error, Items::Requests)
}

/// The status of a catalog's failure.
pub(super) fn of_batch(error: Error, items: Items) -> Status {
    let message = error.to_string();
    match error {
        Error::Refused(refusal) => of_refusal(refusal, &message).status(),
        Error::Batch(refused) => items::of_items(refused, items, &message),
        Error::BatchTooLarge { most, .. } => {
            Answer::new(Reason::BatchTooLarge, message).with("most", most.to_string()).status()
        }
        Error::Filter(error) => field(Reason::FilterInvalid, "filter", &message)
            .with("column", error.column.to_string())
            .status(),
        Error::Order(error) => field(Reason::OrderInvalid, "order_by", &message)
            .with("column", error.column.to_string())
            .status(),
        // Only callers without credentials have no role.
        Error::RoleMissing(_) => Answer::new(Reason::CredentialsInvalid, message).status(),
        Error::RequestIdReused { .. } => {
            field(Reason::RequestIdReused, "request_id", &message).status()
        }
        Error::AnswerTooLarge { most } => Answer::new(Reason::MessageTooLarge, message)
            .with("limit_bytes", most.to_string())
            .status(),
        Error::QueryTooExpensive => Answer::new(Reason::QueryTooExpensive, message).status(),
        Error::StoreFull => Answer::new(Reason::StoreFull, message).status(),
        Error::ResumeTokenExpired => {
            field(Reason::ResumeTokenExpired, "resume_token", &message).status()
        }
        Error::ReaderTooSlow { waiting } => {
            Answer::new(Reason::ReaderTooSlow, message).with("most", waiting.to_string()).status()
        }
        Error::SearchNotReady => {
            Answer::new(Reason::SearchNotReady, message).retry_after(status::BACK_SOON).status()
        }
        Error::Overloaded => status::overloaded(),
        Error::StoreUnavailable => status::store_unavailable(),
        Error::Internal(source) => status::internal(&with_causes(source.as_ref())),
    }
}

/// The status of a failure of access.
pub(super) fn of_access(error: access::Error) -> Status {
    use access::Error as E;
    let message = error.to_string();
    match error {
        E::CredentialsInvalid | E::ApiKeyEnded => {
            Answer::new(Reason::CredentialsInvalid, message).status()
        }
        E::SessionExpired => Answer::new(Reason::SessionExpired, message).status(),
        E::SlowDown(wait) => Answer::new(Reason::RateLimited, message).retry_after(wait).status(),
        E::Busy => {
            Answer::new(Reason::RateLimited, message).retry_after(status::BACK_SOON).status()
        }
        E::Invalid(violations) => of_violations(violations.into_iter().map(wire).collect()),
        E::NotFound { name } => {
            Answer::new(Reason::ResourceNotFound, message).resource(kind(&name), &name, "").status()
        }
        E::SessionNotFound { name } => status::not_found("shelf/Session", &name),
        E::UserIdTaken { name } => {
            Answer::new(Reason::UserIdTaken, message).resource("shelf/User", &name, "").status()
        }
        E::LoginTaken { by, .. } => {
            Answer::new(Reason::LoginTaken, message).with("taken_by", by).status()
        }
        E::EtagMismatch(conflict) => {
            let answer = Answer::new(Reason::EtagMismatch, message.as_str());
            of_conflict(answer, &conflict, &message).status()
        }
        E::LastAdmin { name } => {
            let answer = Answer::new(Reason::LastAdmin, message.as_str());
            answer.precondition(Reason::LastAdmin.as_str(), &name, &message).status()
        }
        E::Store(error) => of_store(error),
        E::Hash(error) => status::internal(&error),
    }
}

fn of_store(error: store::Error) -> Status {
    of_catalog(error.into())
}

/// The status of an update mask that names no field.
pub(super) fn of_mask(error: &MaskError) -> Status {
    field(Reason::MaskInvalid, "update_mask", &error.to_string()).status()
}

/// The status of a request with faulty fields.
pub(super) fn of_violations(violations: Vec<Violation>) -> Status {
    let message = match violations.as_slice() {
        [one] => format!("`{}` {}", one.field, one.description),
        all => format!("{} fields of the request are not valid", all.len()),
    };
    Answer::new(Reason::FieldInvalid, message).violations(violations).status()
}

/// The status of a batch with masks that name no fields, each by the index of its item.
pub(super) fn of_masks(faults: &[(usize, MaskError)]) -> Status {
    let violation = |(index, error): &(usize, MaskError)| Violation {
        field: format!("requests[{index}].update_mask"),
        description: error.to_string(),
    };
    let message = format!("{} of the batch's masks are not valid; nothing was done", faults.len());
    let answer = Answer::new(Reason::MaskInvalid, message);
    answer.violations(faults.iter().map(violation).collect()).status()
}

fn field(reason: Reason, field: &str, message: &str) -> Answer {
    let violation = Violation { field: field.to_owned(), description: message.to_owned() };
    Answer::new(reason, message).violations(vec![violation])
}

fn of_refusal(refusal: Refusal, message: &str) -> Answer {
    let reason = reason_of(&refusal);
    let answer = Answer::new(reason, message);
    match refusal {
        Refusal::Invalid(violations) => {
            answer.violations(violations.into_iter().map(wire).collect())
        }
        Refusal::NotFound { name }
        | Refusal::IdTaken { name, .. }
        | Refusal::NotDeleted { name } => answer.resource(kind(&name), &name, message),
        Refusal::SlugTaken { by, .. } | Refusal::SkuTaken { by, .. } => {
            answer.resource(kind(&by), &by, message).with("taken_by", by)
        }
        Refusal::SkusTaken(taken) => of_skus(answer, &taken, message),
        Refusal::EtagMismatch(conflict) => of_conflict(answer, &conflict, message),
        Refusal::Expunged { name } => answer.resource("shelf/Product", &name, message),
        Refusal::Deleted { name }
        | Refusal::Live { name }
        | Refusal::LastVariant { name }
        | Refusal::HasChildren { name, .. } => answer.precondition(reason.as_str(), &name, message),
        Refusal::CategoryCycle { name, .. } => answer.resource(kind(&name), &name, message),
    }
}

/// Every variant that needs another sku, and why.
fn of_skus(answer: Answer, taken: &[TakenSku], message: &str) -> Answer {
    let variants: Vec<_> = taken.iter().map(|one| one.variant.as_str()).collect();
    let answer = answer
        .violations(taken.iter().map(|one| wire(one.violation())).collect())
        .with_list("variants", &variants);
    let Some(first) = taken.first() else { return answer };
    answer.resource(kind(&first.by), &first.by, message).with("taken_by", first.by.as_str())
}

/// What a client needs to merge its edit with those of others.
fn of_conflict(answer: Answer, conflict: &Conflict, message: &str) -> Answer {
    let answer = answer
        .resource(kind(&conflict.name), &conflict.name, message)
        .with("current_etag", conflict.current.as_str());
    let Some(last) = conflict.changes.last() else { return answer };
    answer
        .with("changed_by", last.actor.display_name.as_str())
        .with("changed_at", last.time.to_string())
        .with_list("changed_fields", &changed_fields(conflict))
}

/// What others changed, each field once.
fn changed_fields(conflict: &Conflict) -> Vec<&str> {
    let mut fields: Vec<&str> = Vec::new();
    for field in conflict.changes.iter().flat_map(|change| &change.fields) {
        if !fields.contains(&field.as_str()) {
            fields.push(field);
        }
    }
    fields
}

fn reason_of(refusal: &Refusal) -> Reason {
    match refusal {
        Refusal::Invalid(_) => Reason::FieldInvalid,
        Refusal::NotFound { .. } => Reason::ResourceNotFound,
        Refusal::IdTaken { kind: ResourceKind::Product, .. } => Reason::ProductIdTaken,
        Refusal::IdTaken { kind: ResourceKind::Variant, .. } => Reason::VariantIdTaken,
        Refusal::IdTaken { kind: ResourceKind::Category, .. } => Reason::CategoryIdTaken,
        Refusal::SlugTaken { .. } => Reason::SlugTaken,
        Refusal::SkuTaken { .. } | Refusal::SkusTaken(_) => Reason::SkuTaken,
        Refusal::EtagMismatch(_) => Reason::EtagMismatch,
        Refusal::Deleted { .. } | Refusal::Live { .. } => Reason::StateInvalid,
        Refusal::Expunged { .. } => Reason::ResourceExpunged,
        Refusal::NotDeleted { .. } => Reason::NotDeleted,
        Refusal::LastVariant { .. } => Reason::LastVariant,
        Refusal::HasChildren { .. } => Reason::HasChildren,
        Refusal::CategoryCycle { .. } => Reason::CategoryCycle,
    }
}

/// The type of a resource, as its messages declare it.
fn kind(name: &str) -> &'static str {
    match name.split('/').collect::<Vec<_>>().as_slice() {
        ["products", _, "variants", _] => "shelf/Variant",
        ["products", _, "revisions", _] => "shelf/ProductRevision",
        ["products", ..] => "shelf/Product",
        ["categories", ..] => "shelf/Category",
        ["shop"] => "shelf/Shop",
        ["users", ..] => "shelf/User",
        ["apiKeys", ..] => "shelf/ApiKey",
        _ => "",
    }
}

fn wire(violation: domain::Violation) -> Violation {
    Violation { field: violation.field, description: violation.description }
}

/// An error with all that caused it, for the log.
fn with_causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        // Writing to a string does not fail.
        let _written = write!(text, ": {error}");
        cause = error.source();
    }
    text
}

#[cfg(test)]
mod tests;
