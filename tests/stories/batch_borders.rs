//! Every batch RPC at its borders: none, one, the most and one too many; twice the same; of another parent; and faults wherever they
//! stand: told by their indexes, all at once, with nothing written.

use prost_reflect::DynamicMessage;
use serde_json::{Value, json};
use tests::{
    people::Person,
    rpc::{self, Outcome, Refused},
    shop::Shop,
};

/// The most items of a batch.
const MOST: usize = 500;

/// A batch RPC, with what an item of it says.
struct Batch {
    rpc: &'static str,
    item: fn(&Stocked, usize) -> Value,
}

/// Every batch RPC, in an order in which each finds what it needs.
const BATCHES: [Batch; 8] = [
    Batch { rpc: "BatchCreateProducts", item: |stocked, at| created(&stocked.fresh(at)) },
    Batch { rpc: "BatchGetProducts", item: |_, at| json!(product(at)) },
    Batch {
        rpc: "BatchUpdateProducts",
        item: |_, at| json!({ "product": { "name": product(at), "brand": "Emalia" }, "updateMask": "brand" }),
    },
    Batch {
        rpc: "BatchUpdateVariants",
        item: |stocked, at| json!({ "variant": { "name": stocked.variant(at) }, "updateMask": "prices" }),
    },
    Batch { rpc: "BatchPublishProducts", item: named },
    Batch { rpc: "BatchUnpublishProducts", item: named },
    Batch { rpc: "BatchDeleteProducts", item: named },
    Batch { rpc: "BatchUndeleteProducts", item: named },
];

fn product(at: usize) -> String {
    format!("products/p{at}")
}

fn named(_: &Stocked, at: usize) -> Value {
    json!({ "name": product(at) })
}

fn created(id: &str) -> Value {
    json!({ "productId": id, "product": { "title": "Crate" } })
}

/// A shop with one product more than a batch takes, and the names of their variants.
struct Stocked {
    shop: Shop,
    variants: Vec<String>,
    /// Of what is created next.
    prefix: String,
}

impl Stocked {
    async fn open(count: usize) -> Self {
        let shop = Shop::open().await;
        let mut stocked = Self { shop, variants: Vec::new(), prefix: String::new() };
        for from in (0..count).step_by(MOST) {
            let ids = from..count.min(from + MOST);
            let items = ids.map(|at| created(&format!("p{at}"))).collect();
            let made = answered(stocked.send("BatchCreateProducts", items).await);
            let names = names("BatchCreateProducts", &made);
            let whole = json!({ "names": names, "view": "PRODUCT_VIEW_FULL" });
            let whole = answered(stocked.ask("BatchGetProducts", whole).await);
            for product in whole["products"].as_array().unwrap() {
                let name = &product["variants"][0]["name"];
                stocked.variants.push(name.as_str().unwrap().to_owned());
            }
        }
        stocked
    }

    fn editor(&self) -> &Person {
        &self.shop.people.editor
    }

    fn variant(&self, at: usize) -> &str {
        &self.variants[at]
    }

    fn fresh(&self, at: usize) -> String {
        format!("{}-{at}", self.prefix)
    }

    async fn send(&self, rpc: &str, items: Vec<Value>) -> Outcome {
        self.send_below("products/-", rpc, items).await
    }

    async fn send_below(&self, parent: &str, rpc: &str, items: Vec<Value>) -> Outcome {
        let request = match rpc {
            "BatchGetProducts" => json!({ "names": items }),
            "BatchUpdateVariants" => json!({ "parent": parent, "requests": items }),
            _ => json!({ "requests": items }),
        };
        self.ask(rpc, request).await
    }

    async fn ask(&self, rpc: &str, request: Value) -> Outcome {
        let rpc = rpc::named(rpc);
        let request = DynamicMessage::deserialize(rpc.method.input(), request).unwrap();
        rpc.call(self.editor(), &request).await
    }

    /// How many changes there were so far.
    async fn changes(&self) -> i64 {
        let list = rpc::named("ListChanges");
        let answer = answered(list.call(self.editor(), &list.request()).await);
        answer["totalSize"].as_i64().unwrap()
    }
}

/// What was answered, in JSON.
fn answered(outcome: Outcome) -> Value {
    serde_json::to_value(outcome.answer()).unwrap()
}

#[track_caller]
fn refused(outcome: Outcome, what: &str) -> Refused {
    match outcome {
        Outcome::Refused(refused) => refused,
        Outcome::Accepted(answer) => panic!("{what} was done: {answer}"),
    }
}

/// The name of an item in what is answered, or where it stands.
fn names(rpc: &str, answer: &Value) -> Vec<String> {
    let items = if rpc == "BatchUpdateVariants" { "variants" } else { "products" };
    let items = answer[items].as_array().cloned().unwrap_or_default();
    items.iter().map(|one| one["name"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn every_batch_rpc_is_among_those_that_are_tried() {
    let mut batches: Vec<_> = rpc::all().iter().map(|rpc| rpc.name().to_owned()).collect();
    batches.retain(|name| name.starts_with("Batch"));
    batches.sort();
    let mut tried: Vec<_> = BATCHES.iter().map(|batch| batch.rpc.to_owned()).collect();
    tried.sort();
    assert_eq!(tried, batches);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_batch_takes_one_to_500_items_and_answers_them_in_their_order() {
    let mut stocked = Stocked::open(MOST + 1).await;
    for count in [1, MOST - 1, MOST] {
        stocked.prefix = format!("of-{count}");
        for Batch { rpc, item } in &BATCHES {
            let items: Vec<Value> = (0..count).rev().map(|at| item(&stocked, at)).collect();
            let answer = answered(stocked.send(rpc, items).await);
            let expected: Vec<_> = (0..count)
                .rev()
                .map(|at| match *rpc {
                    "BatchCreateProducts" => format!("products/{}", stocked.fresh(at)),
                    "BatchUpdateVariants" => stocked.variant(at).to_owned(),
                    _ => product(at),
                })
                .collect();
            assert_eq!(names(rpc, &answer), expected, "{rpc} of {count}");
        }
    }
    stocked.shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_of_none_or_of_one_too_many_is_refused_and_nothing_is_done() {
    let mut stocked = Stocked::open(MOST + 1).await;
    stocked.prefix = "more".to_owned();
    let before = stocked.changes().await;
    for Batch { rpc, item } in &BATCHES {
        let none = refused(stocked.send(rpc, Vec::new()).await, rpc);
        let field = if *rpc == "BatchGetProducts" { "names" } else { "requests" };
        assert_eq!((none.reason.as_str(), none.fields), ("FIELD_INVALID", vec![field.to_owned()]));

        let items = (0..=MOST).map(|at| item(&stocked, at)).collect();
        let many = refused(stocked.send(rpc, items).await, rpc);
        assert_eq!(
            (many.code.as_str(), many.reason.as_str()),
            ("INVALID_ARGUMENT", "BATCH_TOO_LARGE")
        );
        assert!(many.words.contains("500"), "{rpc}: {}", many.words);
    }
    assert_eq!(stocked.changes().await, before);
    stocked.shop.close().await;
}

/// The indexes that a refusal names, each once.
fn indexes(refused: &Refused) -> Vec<usize> {
    let inside = |field: &String| {
        let (_, rest) = field.split_once('[')?;
        rest.split_once(']')?.0.parse().ok()
    };
    let mut indexes: Vec<usize> = refused.fields.iter().filter_map(inside).collect();
    indexes.sort_unstable();
    indexes.dedup();
    indexes
}

#[tokio::test(flavor = "multi_thread")]
async fn faults_are_told_by_their_indexes_wherever_they_stand() {
    const COUNT: usize = 6;
    let mut stocked = Stocked::open(COUNT).await;
    stocked.prefix = "new".to_owned();
    let missing = |rpc: &str, at: usize| match rpc {
        "BatchCreateProducts" => created(&format!("p{at}")),
        "BatchGetProducts" => json!(format!("products/none-{at}")),
        "BatchUpdateProducts" => {
            json!({ "product": { "name": format!("products/none-{at}"), "brand": "X" } })
        }
        "BatchUpdateVariants" => {
            json!({ "variant": { "name": format!("products/p{at}/variants/none") }, "updateMask": "prices" })
        }
        _ => json!({ "name": format!("products/none-{at}") }),
    };
    for Batch { rpc, item } in &BATCHES {
        let before = stocked.changes().await;
        for faulty in
            [vec![0], vec![5], vec![2, 3], vec![0, 2, 4], vec![1, 3, 5], (0..COUNT).collect()]
        {
            let one = |at: usize| match faulty.contains(&at) {
                true => missing(rpc, at),
                false => item(&stocked, at),
            };
            let refused = refused(stocked.send(rpc, (0..COUNT).map(one).collect()).await, rpc);
            let reason = match *rpc {
                "BatchCreateProducts" => "PRODUCT_ID_TAKEN",
                _ => "RESOURCE_NOT_FOUND",
            };
            let kept = *rpc == "BatchUndeleteProducts" && faulty.len() < COUNT;
            // There is nothing to restore in those that are there.
            let expected = if kept { (0..COUNT).collect() } else { faulty.clone() };
            assert_eq!(indexes(&refused), expected, "{rpc}: {refused:?}");
            assert!(kept || refused.reason == reason, "{rpc} {faulty:?}: {refused:?}");
        }
        assert_eq!(stocked.changes().await, before, "{rpc}");
    }
    stocked.shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn faults_of_several_kinds_are_told_together() {
    let stocked = Stocked::open(4).await;
    let before = stocked.changes().await;
    let named = |name: &str, etag: &str| json!({ "name": name, "etag": etag });
    for rpc in ["BatchDeleteProducts", "BatchPublishProducts", "BatchUnpublishProducts"] {
        let items = vec![
            named("products/p0", ""),
            named("products/p1", "\"stale\""),
            named("products/none", ""),
            named("products/p2", ""),
            named("products/p3", "\"stale too\""),
        ];
        let refused = refused(stocked.send(rpc, items).await, rpc);
        assert_eq!(indexes(&refused), [1, 2, 4], "{rpc}: {refused:?}");
        assert_eq!(refused.reason, "ETAG_MISMATCH", "that of the first");
        for told in ["ETAG_MISMATCH", "RESOURCE_NOT_FOUND", "products/none", "products/p3"] {
            assert!(refused.words.contains(told), "{rpc}: {told}: {}", refused.words);
        }
    }
    assert_eq!(stocked.changes().await, before);
    stocked.shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn variants_of_another_product_than_the_parent_are_refused_by_their_indexes() {
    let stocked = Stocked::open(3).await;
    let before = stocked.changes().await;
    let of =
        |at: usize| json!({ "variant": { "name": stocked.variant(at) }, "updateMask": "prices" });
    let items = vec![of(0), of(1), of(0), of(2)];
    let outcome = stocked.send_below("products/p0", "BatchUpdateVariants", items).await;
    let refused = refused(outcome, "a batch with variants of others");
    assert_eq!(
        (refused.code.as_str(), refused.reason.as_str()),
        ("INVALID_ARGUMENT", "FIELD_INVALID")
    );
    assert_eq!(indexes(&refused), [1, 3], "{refused:?}");
    assert_eq!(stocked.changes().await, before);
    stocked.shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_named_twice_is_done_in_turn_and_refused_where_its_first_time_is_in_the_way() {
    for Batch { rpc, item } in &BATCHES {
        let mut stocked = Stocked::open(3).await;
        stocked.prefix = "new".to_owned();
        if *rpc == "BatchUndeleteProducts" {
            let gone = (0..3).map(|at| named(&stocked, at)).collect();
            answered(stocked.send("BatchDeleteProducts", gone).await);
        }
        let before = stocked.changes().await;
        let order = [0, 1, 0, 2];
        let outcome = stocked.send(rpc, order.map(|at| item(&stocked, at)).to_vec()).await;
        let reason = match *rpc {
            "BatchCreateProducts" => Some("PRODUCT_ID_TAKEN"),
            "BatchDeleteProducts" => Some("STATE_INVALID"),
            "BatchUndeleteProducts" => Some("NOT_DELETED"),
            _ => None,
        };
        match reason {
            Some(reason) => {
                let refused = refused(outcome, rpc);
                assert_eq!(
                    (refused.reason.as_str(), indexes(&refused)),
                    (reason, vec![2]),
                    "{rpc}"
                );
                assert_eq!(stocked.changes().await, before, "{rpc}");
            }
            None => {
                let names = names(rpc, &answered(outcome));
                assert_eq!((names.len(), &names[0]), (4, &names[2]), "{rpc}: {names:?}");
            }
        }
        stocked.shop.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_etag_is_good_for_one_of_two_items_with_one_name() {
    let stocked = Stocked::open(2).await;
    let get = json!({ "names": [product(0), product(1)] });
    let read = answered(stocked.ask("BatchGetProducts", get).await);
    let of = |at: usize, brand: &str| {
        let etag = &read["products"][at]["etag"];
        json!({ "product": { "name": product(at), "brand": brand, "etag": etag }, "updateMask": "brand" })
    };
    let before = stocked.changes().await;
    let items = vec![of(0, "One"), of(1, "One"), of(0, "Other"), of(1, "Other")];
    let refused = refused(stocked.send("BatchUpdateProducts", items).await, "a stale etag");
    assert_eq!((refused.reason.as_str(), indexes(&refused)), ("ETAG_MISMATCH", vec![2, 3]));
    assert_eq!(stocked.changes().await, before);
    stocked.shop.close().await;
}
