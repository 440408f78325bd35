//! Sends what is to be done in batches of 500, and a refused batch again without the products that its refusal names.
//!
//! The variants of one product are in one batch, and go or stay together.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use proto::catalog::{
    BatchDeleteProductsRequest, BatchPublishProductsRequest, BatchUndeleteProductsRequest,
    BatchUnpublishProductsRequest, BatchUpdateProductsRequest, BatchUpdateVariantsRequest,
    DeleteProductRequest, Price, Product, PublishProductRequest, UndeleteProductRequest,
    UnpublishProductRequest, UpdateProductRequest, UpdateVariantRequest, Variant,
};
use tonic::Status;
use tonic_types::StatusExt as _;

use super::{Verb, before::Before, selection::Picked};
use crate::pages::{
    editor::mask,
    names::{batch_id, id_of},
    trouble::Trouble,
    visit::Visit,
};

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

    /// The product, as it was seen.
    pub(super) fn seen(self) -> Picked {
        Picked { id: self.id, etag: self.etag }
    }

    /// The product after a change of which the answer does not tell what it is now.
    fn unseen(self) -> Picked {
        Picked { id: self.id, etag: String::new() }
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

/// What came of it, by the ids of products.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    /// Those that were changed, as they are now as far as the answer tells it.
    pub(super) done: Vec<Picked>,
    /// Those that were as they should be before.
    pub(super) kept: Vec<String>,
    /// Why the others were refused.
    pub(super) refused: Vec<(String, String)>,
    /// Those that were not reached, as they were seen.
    pub(super) left: Vec<Picked>,
    /// Why they were not.
    pub(super) halted: Option<Trouble>,
    /// How many of those that were changed are not among those that were to be: the form has done it before.
    pub(super) elsewhere: usize,
}

/// The ids under which batches go: made of the form's and the number of the round.
#[derive(Clone, Debug)]
pub(super) struct Rounds {
    pub(super) form: String,
    pub(super) round: u32,
    /// Whether the next one may have been sent before, by a step of which nobody knows what came of it.
    pub(super) again: bool,
}

impl Outcome {
    /// A product that is as it should be already.
    pub(super) fn keep(&mut self, id: &str) {
        self.kept.push(id.to_owned());
    }

    /// A product that is refused before anything is sent.
    pub(super) fn refuse(&mut self, id: &str, reason: &str) {
        self.refused.push((id.to_owned(), reason.to_owned()));
    }

    /// Ends it here: the same form was sent before, and this is what was done then.
    pub(super) fn was_done(&mut self, before: Before, rest: impl Iterator<Item = Item>) {
        let mut left = BTreeSet::new();
        let mut done = before.products.clone();
        for item in rest {
            done.remove(&item.id);
            if !before.products.contains(&item.id) && left.insert(item.id.clone()) {
                self.left.push(item.seen());
            }
        }
        self.elsewhere = done.len();
        self.done.extend(before.products.into_iter().map(|id| Picked { id, etag: String::new() }));
    }

    /// Ends it here: what is not about an item would be said of every further batch too.
    fn halt(&mut self, trouble: Trouble, unreached: impl Iterator<Item = Item>) {
        let mut seen = BTreeSet::new();
        let picked = unreached.map(Item::seen);
        self.left.extend(picked.filter(|one| seen.insert(one.id.clone())));
        self.halted = Some(trouble);
    }
}

/// Does all that can be done, until it comes to something that is not about an item.
pub(super) async fn in_rounds(
    visit: &Visit,
    verb: Verb,
    items: Vec<Item>,
    rounds: &mut Rounds,
    outcome: &mut Outcome,
) {
    let mut waiting = batches(&items);
    while let Some(batch) = waiting.pop_front() {
        let request_id = batch_id(&rounds.form, rounds.round + 1);
        let again = std::mem::take(&mut rounds.again);
        let status = match send(visit, verb, &batch, request_id).await {
            Ok(now) => {
                rounds.round += 1;
                outcome.done.extend(now);
                continue;
            }
            Err(status) => status,
        };
        let reasons = reasons(&status, &batch);
        let trouble = Trouble::from(status);
        let before = match trouble.reason().as_str() {
            "REQUEST_ID_REUSED" => sent_before(visit, rounds).await,
            _ => None,
        };
        match trouble.reason().as_str() {
            "MESSAGE_TOO_LARGE" if batch.len() > 1 => {
                rounds.round += 1;
                let (first, second) = halves(batch);
                waiting.push_front(second);
                waiting.push_front(first);
            }
            // It was sent before, when the products were others than now, and done: ids are used by one form only.
            "REQUEST_ID_REUSED" if before.is_some() => {
                let before = before.unwrap_or_default();
                rounds.round = before.round;
                outcome.was_done(before, batch.into_iter().chain(waiting.drain(..).flatten()));
            }
            "REQUEST_ID_REUSED" if again => {
                rounds.round += 1;
                outcome.done.extend(batch.into_iter().map(Item::unseen));
            }
            _ if reasons.is_empty() => {
                let unreached = batch.into_iter().chain(waiting.drain(..).flatten());
                outcome.halt(trouble, unreached);
            }
            _ => {
                rounds.round += 1;
                let is_left = |item: &Item| !reasons.contains_key(&item.id);
                let left: Vec<_> = batch.into_iter().filter(is_left).collect();
                outcome.refused.extend(reasons);
                if !left.is_empty() {
                    waiting.push_front(left);
                }
            }
        }
    }
}

/// What the same form has done before, if anything of it is known.
async fn sent_before(visit: &Visit, rounds: &Rounds) -> Option<Before> {
    let before = Before::of(visit, rounds).await;
    before.ok().filter(|before| !before.is_nothing())
}

/// The products that a refusal is about, each with its reason.
fn reasons(status: &Status, batch: &[Item]) -> BTreeMap<String, String> {
    let failing = failing(status).into_iter();
    failing.filter_map(|(index, reason)| Some((batch.get(index)?.id.clone(), reason))).collect()
}

/// Cuts between two products.
fn batches(items: &[Item]) -> VecDeque<Vec<Item>> {
    let mut batches = VecDeque::new();
    let mut batch: Vec<Item> = Vec::new();
    for product in items.chunk_by(|one, other| one.id == other.id) {
        if batch.len() + product.len() > BATCH && !batch.is_empty() {
            batches.push_back(std::mem::take(&mut batch));
        }
        batch.extend_from_slice(product);
    }
    batches.extend((!batch.is_empty()).then_some(batch));
    batches
}

/// About half of a batch and the rest, cut between two products if there are two.
fn halves(mut batch: Vec<Item>) -> (Vec<Item>, Vec<Item>) {
    let half = batch.len() / 2;
    let ends = |at: &usize| batch[*at].id != batch[*at - 1].id;
    let at = (half..batch.len()).find(ends).or_else(|| (1..half).rev().find(ends));
    let rest = batch.split_off(at.unwrap_or(half));
    (batch, rest)
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
        $client.$method(request).await.map(|answer| answer.into_inner().products)
    }};
}

/// Sends one batch, and answers the products as they are now.
async fn send(
    visit: &Visit,
    verb: Verb,
    items: &[Item],
    request_id: String,
) -> Result<Vec<Picked>, Status> {
    let mut products = visit.caller.products();
    let changed = match verb {
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
            products.batch_update_products(request).await.map(|answer| answer.into_inner().products)
        }
        Verb::Reprice => {
            let request = BatchUpdateVariantsRequest {
                parent: "products/-".to_owned(),
                requests: items.iter().map(Item::variant).collect(),
                request_id,
                validate_only: false,
            };
            visit.caller.variants().batch_update_variants(request).await?;
            return Ok(items.iter().cloned().map(Item::unseen).collect());
        }
    };
    let now = |one: Product| Picked { id: id_of(&one.name).to_owned(), etag: one.etag };
    Ok(changed?.into_iter().map(now).collect())
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

    fn items(products: &[(&str, usize)]) -> Vec<Item> {
        let of = |(id, count): &(&str, usize)| {
            let picked = Picked { id: (*id).to_owned(), etag: String::new() };
            vec![Item::of(picked); *count]
        };
        products.iter().flat_map(of).collect()
    }

    #[test]
    fn the_variants_of_a_product_go_in_one_batch() {
        let sizes: Vec<_> = batches(&items(&[("a", 200), ("b", 250), ("c", 51), ("d", 1)]))
            .iter()
            .map(Vec::len)
            .collect();
        assert_eq!(sizes, [450, 52]);
        assert!(batches(&[]).is_empty());
        let cut = |products| {
            let (first, second) = halves(items(products));
            (first.len(), second.len())
        };
        assert_eq!(cut(&[("a", 1), ("b", 3), ("c", 1)]), (4, 1));
        assert_eq!(cut(&[("a", 1), ("b", 4)]), (1, 4));
        assert_eq!(cut(&[("a", 5)]), (2, 3), "there is no better place");
    }
}
