//! Sends what is to be done in batches of 500, and a refused batch again without the items that its refusal names.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use proto::catalog::{
    BatchDeleteProductsRequest, BatchPublishProductsRequest, BatchUndeleteProductsRequest,
    BatchUnpublishProductsRequest, BatchUpdateProductsRequest, BatchUpdateVariantsRequest,
    DeleteProductRequest, Price, Product, PublishProductRequest, UndeleteProductRequest,
    UnpublishProductRequest, UpdateProductRequest, UpdateVariantRequest, Variant,
};
use tonic::Status;
use tonic_types::StatusExt as _;

use super::{Verb, selection::Picked};
use crate::pages::{editor::mask, flash::Many, trouble::Trouble, visit::Visit};

/// The most items of one batch.
const BATCH: usize = 500;

/// One thing to do.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Item {
    /// Which product it is about.
    pub(super) id: String,
    /// The version that was seen of what is changed.
    pub(super) etag: String,
    pub(super) change: Change,
}

/// What is to become of it, beyond what the verb says.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Change {
    /// Nothing more.
    State,
    /// These categories.
    Categories(Vec<String>),
    /// These prices, of the variant of this name.
    Prices(String, Vec<Price>),
}

impl Item {
    pub(super) fn of(picked: Picked) -> Self {
        Self { id: picked.id, etag: picked.etag, change: Change::State }
    }

    fn name(&self) -> String {
        format!("products/{}", self.id)
    }

    fn product(&self) -> UpdateProductRequest {
        let categories = match &self.change {
            Change::Categories(categories) => categories.clone(),
            _ => Vec::new(),
        };
        let (name, etag) = (self.name(), self.etag.clone());
        UpdateProductRequest {
            product: Some(Product { name, etag, categories, ..Product::default() }),
            update_mask: Some(mask(["categories"])),
            ..Default::default()
        }
    }

    fn variant(&self) -> UpdateVariantRequest {
        let (name, prices) = match &self.change {
            Change::Prices(name, prices) => (name.clone(), prices.clone()),
            _ => Default::default(),
        };
        let etag = self.etag.clone();
        UpdateVariantRequest {
            variant: Some(Variant { name, etag, prices, ..Variant::default() }),
            update_mask: Some(mask(["prices"])),
            ..Default::default()
        }
    }
}

/// What came of it: ids of products, and why the others were refused.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Outcome {
    done: Vec<String>,
    /// Those that were as they should be before.
    kept: Vec<String>,
    refused: Vec<(String, String)>,
}

impl Outcome {
    /// The message for the next page. A product of several variants counts once, and as refused if one of them is.
    pub(super) fn into_message(self, verb: Verb) -> Many {
        let changed: BTreeSet<_> = self.done.into_iter().collect();
        let refused: BTreeMap<_, _> = self.refused.into_iter().collect();
        let settled: BTreeSet<_> = changed.iter().chain(&self.kept).collect();
        let done = settled.iter().filter(|id| !refused.contains_key(**id)).count();
        Many::of(verb, done, changed.into_iter().collect(), refused.into_iter().collect())
    }

    /// A product that is as it should be already.
    pub(super) fn keep(&mut self, id: &str) {
        self.kept.push(id.to_owned());
    }

    /// A product that is refused before anything is sent.
    pub(super) fn refuse(&mut self, id: &str, reason: &str) {
        self.refused.push((id.to_owned(), reason.to_owned()));
    }
}

/// Does all that can be done.
///
/// Every batch has an id of its own, made of the form's and its number, so that a form that is sent twice does nothing twice.
pub(super) async fn in_rounds(
    visit: &Visit,
    verb: Verb,
    items: Vec<Item>,
    request_id: &str,
    mut outcome: Outcome,
) -> Result<Outcome, Trouble> {
    let settled = outcome.done.len();
    let mut waiting: VecDeque<Vec<Item>> = items.chunks(BATCH).map(<[Item]>::to_vec).collect();
    let mut number = 0;
    while let Some(batch) = waiting.pop_front() {
        number += 1;
        let Err(status) = send(visit, verb, &batch, format!("{request_id}-{number}")).await else {
            outcome.done.extend(batch.into_iter().map(|item| item.id));
            continue;
        };
        let failing = failing(&status);
        let trouble = Trouble::from(status);
        if trouble.reason() == "MESSAGE_TOO_LARGE" && batch.len() > 1 {
            let (first, second) = batch.split_at(batch.len() / 2);
            waiting.push_front(second.to_vec());
            waiting.push_front(first.to_vec());
            continue;
        }
        if failing.is_empty() {
            // It is not about an item, so it would be said of every further batch too.
            if outcome.done.len() == settled {
                return Err(trouble);
            }
            let rest = batch.into_iter().chain(waiting.drain(..).flatten());
            let reason = trouble.reason();
            outcome.refused.extend(rest.map(|item| (item.id, reason.clone())));
            continue;
        }
        let mut left = Vec::new();
        for (index, item) in batch.into_iter().enumerate() {
            match failing.get(&index) {
                Some(reason) => outcome.refused.push((item.id, reason.clone())),
                None => left.push(item),
            }
        }
        if !left.is_empty() {
            waiting.push_front(left);
        }
    }
    Ok(outcome)
}

/// The macro spells out what the batches have in common: their messages differ by name only.
macro_rules! by_name {
    ($client:ident.$method:ident($batch:ident of $item:ident), $items:expr, $request_id:expr) => {{
        let one = |item: &Item| $item {
            name: item.name(),
            etag: item.etag.clone(),
            ..Default::default()
        };
        let requests = $items.iter().map(one).collect();
        let request = $batch { requests, request_id: $request_id, validate_only: false };
        $client.$method(request).await.map(drop)
    }};
}

async fn send(visit: &Visit, verb: Verb, items: &[Item], request_id: String) -> Result<(), Status> {
    let mut products = visit.caller.products();
    match verb {
        Verb::Delete => by_name!(
            products.batch_delete_products(BatchDeleteProductsRequest of DeleteProductRequest),
            items,
            request_id
        ),
        Verb::Undelete => by_name!(
            products.batch_undelete_products(BatchUndeleteProductsRequest of UndeleteProductRequest),
            items,
            request_id
        ),
        Verb::Publish => by_name!(
            products.batch_publish_products(BatchPublishProductsRequest of PublishProductRequest),
            items,
            request_id
        ),
        Verb::Unpublish => by_name!(
            products.batch_unpublish_products(BatchUnpublishProductsRequest of UnpublishProductRequest),
            items,
            request_id
        ),
        Verb::Assign | Verb::Revert => {
            let requests = items.iter().map(Item::product).collect();
            let request = BatchUpdateProductsRequest { requests, request_id, validate_only: false };
            products.batch_update_products(request).await.map(drop)
        }
        Verb::Reprice => {
            let request = BatchUpdateVariantsRequest {
                parent: "products/-".to_owned(),
                requests: items.iter().map(Item::variant).collect(),
                request_id,
                validate_only: false,
            };
            visit.caller.variants().batch_update_variants(request).await.map(drop)
        }
    }
}

/// Which items a refusal names, each with its reason. It may not name all of them; the next round does.
fn failing(status: &Status) -> BTreeMap<usize, String> {
    let mut failing = BTreeMap::new();
    let Some(info) = status.get_details_error_info() else { return failing };
    let violations = status.get_details_bad_request().map(|bad| bad.field_violations);
    for violation in violations.unwrap_or_default() {
        let rest = violation.field.strip_prefix("requests[");
        let index = rest.and_then(|rest| rest.split_once(']')?.0.parse().ok());
        failing.extend(index.map(|index| (index, info.reason.clone())));
    }
    for (key, list) in &info.metadata {
        let Some(reason) = key.strip_suffix("_items") else { continue };
        let reason = match reason {
            "failed" => info.reason.clone(),
            reason => reason.to_ascii_uppercase(),
        };
        for index in list.split(',').flat_map(range) {
            if key != "failed_items" || !failing.contains_key(&index) {
                failing.insert(index, reason.clone());
            }
        }
    }
    failing
}

/// `3`, or `7-9`.
fn range(text: &str) -> impl Iterator<Item = usize> {
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    let ends = first.parse().ok().zip(last.parse().ok());
    ends.into_iter().flat_map(|(first, last): (usize, usize)| first..=last.min(first + BATCH))
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use tonic::Code;
    use tonic_types::ErrorDetails;

    use super::*;

    #[test]
    fn a_refusal_names_its_items_by_their_own_reasons() {
        let metadata = [
            ("failed_items", "1,3-4,7"),
            ("etag_mismatch_items", "1,3-4"),
            ("resource_not_found_items", "7"),
            ("current_etags", "1=\"x\""),
        ];
        let metadata: HashMap<_, _> =
            metadata.map(|(key, value)| (key.to_owned(), value.to_owned())).into();
        let mut details = ErrorDetails::with_error_info("ETAG_MISMATCH", "shelf", metadata);
        details.add_bad_request_violation("requests[9].product.title", "must not be empty");
        let status = Status::with_error_details(Code::Aborted, "refused", details);
        let failing = failing(&status);
        assert_eq!(failing.keys().copied().collect::<Vec<_>>(), [1, 3, 4, 7, 9]);
        assert_eq!(
            (failing[&4].as_str(), failing[&7].as_str()),
            ("ETAG_MISMATCH", "RESOURCE_NOT_FOUND")
        );
    }

    #[test]
    fn a_refusal_of_the_whole_names_no_item() {
        assert!(failing(&Status::unavailable("away")).is_empty());
    }

    #[test]
    fn a_product_counts_once_and_is_refused_if_one_of_its_variants_is() {
        let ids = |ids: &[&str]| ids.iter().map(ToString::to_string).collect();
        let mut outcome = Outcome { done: ids(&["pot", "mug", "mug"]), ..Outcome::default() };
        outcome.keep("pan");
        outcome.refuse("mug", "ETAG_MISMATCH");
        let message = outcome.into_message(Verb::Reprice);
        assert_eq!((message.done(), message.of_all()), (2, 3));
    }
}
