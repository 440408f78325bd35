//! Takes back the prices or categories that somebody has just given to products, by what their history says was there before.

use axum::response::Response;
use proto::{
    access::GetSessionRequest,
    catalog::{ListProductRevisionsRequest, Product, ProductRevision},
};

use super::{
    Verb,
    rounds::{Change, Item, Outcome, Rounds, in_rounds},
    selection::Picked,
    step::Step,
};
use crate::pages::{names::id_of, trouble::Trouble};

/// The changes of a product's 250 variants, and the one before them.
const REVISIONS: i32 = 251;

/// Takes back what the caller did last to each product, if nobody did anything since.
pub(super) async fn act(step: Step<'_>) -> Result<Response, Trouble> {
    let visit = step.visit;
    let own = GetSessionRequest { name: "sessions/-".to_owned() };
    let session = visit.caller.sessions().get_session(own).await?.into_inner();
    let user = session.user.unwrap_or_default().name;
    let (mut prices, mut categories) = (Vec::new(), Vec::new());
    let mut outcome = Outcome::default();
    for Picked { id, .. } in &step.portion.found {
        let request = ListProductRevisionsRequest {
            parent: format!("products/{id}"),
            page_size: REVISIONS,
            ..ListProductRevisionsRequest::default()
        };
        let history = visit.caller.products().list_product_revisions(request).await?.into_inner();
        let items = before(id, &user, &history.product_revisions);
        if items.is_empty() {
            outcome.refuse(id, "ETAG_MISMATCH");
        }
        for item in items {
            match item.change {
                Change::Prices(..) => prices.push(item),
                _ => categories.push(item),
            }
        }
    }
    // What is put back by variants and what by products are batches of two kinds, so their rounds are counted apart.
    let mut round = step.tally.round;
    for (verb, items) in [(Verb::Reprice, prices), (Verb::Assign, categories)] {
        if outcome.halted.is_some() {
            outcome.left.extend(items.into_iter().map(Item::seen));
            continue;
        }
        let form = format!("{}-{}", step.fields.get("request_id"), verb.key());
        let mut rounds = Rounds { form, ..step.rounds() };
        in_rounds(visit, verb, items, &mut rounds, &mut outcome).await;
        round = round.max(rounds.round);
    }
    step.end(outcome, round).await
}

/// What brings a product back to where it was before the user's last change of prices or categories; nothing when its last
/// change was another one, or somebody else's. The history is newest first.
fn before(id: &str, user: &str, history: &[ProductRevision]) -> Vec<Item> {
    let Some(newest) = history.first() else { return Vec::new() };
    // All that one batch changed has one time.
    let same = |one: &&ProductRevision| {
        let by_user = one.actor.as_ref().is_some_and(|actor| actor.name == user);
        by_user && one.create_time == newest.create_time
    };
    let last: Vec<_> = history.iter().take_while(same).collect();
    let then = history.get(last.len()).and_then(|one| one.product.as_ref());
    let (Some(now), Some(then)) = (&newest.product, then) else { return Vec::new() };
    let changed: Vec<_> = last.iter().flat_map(|one| &one.changed_fields).collect();
    if changed.is_empty() {
        return Vec::new();
    }
    if changed.iter().all(|field| *field == "categories") {
        let change = Change::Categories(then.categories.clone());
        return vec![Item { id: id.to_owned(), etag: now.etag.clone(), change }];
    }
    let variants = changed.iter().map(|field| repriced(field)).collect::<Option<Vec<_>>>();
    let items = variants.unwrap_or_default().into_iter().filter_map(|id| variant(now, then, id));
    items.map(|(etag, change)| Item { id: id.to_owned(), etag, change }).collect()
}

/// The id of the variant whose prices a field is: `white` of `variants/white.prices`.
fn repriced(field: &str) -> Option<&str> {
    field.strip_prefix("variants/")?.strip_suffix(".prices")
}

fn variant(now: &Product, then: &Product, id: &str) -> Option<(String, Change)> {
    let of =
        |product: &Product| product.variants.iter().find(|one| id_of(&one.name) == id).cloned();
    let (now, then) = (of(now)?, of(then)?);
    Some((now.etag, Change::Prices(now.name, then.prices)))
}

#[cfg(test)]
mod tests {
    use proto::catalog::{Actor, Price, Variant};

    use super::*;

    fn revision(user: &str, seconds: i64, fields: &[&str], units: i64) -> ProductRevision {
        let amount = proto::google::r#type::Money { units, ..Default::default() };
        let variant = Variant {
            name: "products/mug/variants/white".into(),
            etag: format!("\"v-{seconds}\""),
            prices: vec![Price { amount: Some(amount), compare_at_amount: None }],
            ..Variant::default()
        };
        let product = Product {
            etag: format!("\"p-{seconds}\""),
            categories: vec![format!("categories/c{units}")],
            variants: vec![variant],
            ..Product::default()
        };
        ProductRevision {
            changed_fields: fields.iter().map(ToString::to_string).collect(),
            actor: Some(Actor { name: user.into(), ..Actor::default() }),
            create_time: Some(prost_types::Timestamp { seconds, nanos: 0 }),
            product: Some(product),
            ..ProductRevision::default()
        }
    }

    #[test]
    fn prices_and_categories_go_back_to_what_they_were() {
        let prices = ["variants/white.prices"];
        let history = [revision("users/a", 9, &prices, 12), revision("users/b", 5, &prices, 10)];
        let items = before("mug", "users/a", &history);
        let Change::Prices(name, then) = &items[0].change else { panic!("no prices") };
        assert_eq!(
            (name.as_str(), items[0].etag.as_str()),
            ("products/mug/variants/white", "\"v-9\"")
        );
        assert_eq!(then[0].amount.as_ref().unwrap().units, 10);
        let history = [revision("users/a", 9, &["categories"], 2), revision("users/b", 5, &[], 1)];
        let items = before("mug", "users/a", &history);
        assert_eq!(items[0].change, Change::Categories(vec!["categories/c1".into()]));
        assert_eq!(items[0].etag, "\"p-9\"");
    }

    #[test]
    fn what_somebody_else_or_another_change_did_last_is_left_alone() {
        let prices = ["variants/white.prices"];
        let theirs = [revision("users/b", 9, &prices, 12), revision("users/a", 5, &prices, 10)];
        assert_eq!(before("mug", "users/a", &theirs), []);
        let other = [revision("users/a", 9, &["title"], 12), revision("users/a", 5, &prices, 10)];
        assert_eq!(before("mug", "users/a", &other), []);
        let alone = [revision("users/a", 9, &prices, 12)];
        assert_eq!(before("mug", "users/a", &alone), [], "what was before is not known");
    }
}
