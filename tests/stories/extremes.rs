//! Extremes: batches of 500 and 501, circles of categories, the largest price, the first and the last year.

use prost_reflect::{DynamicMessage, Value};
use proto::catalog::{
    Category, GetCategoryRequest, ListProductsRequest, MoveCategoryRequest, UpdateCategoryRequest,
};
use serde_json::json;
use tests::{
    errors::{reason, refused},
    goods::category,
    people::Person,
    rpc::{self, Connection, Outcome, Rpc, Spelling},
    shop::Shop,
};
use tonic::Code;

/// Every batch, in an order in which each finds what it needs.
const BATCHES: [&str; 8] = [
    "BatchCreateProducts",
    "BatchUpdateProducts",
    "BatchUpdateVariants",
    "BatchPublishProducts",
    "BatchUnpublishProducts",
    "BatchDeleteProducts",
    "BatchUndeleteProducts",
    "BatchGetProducts",
];

/// The request of a batch for this many products.
fn batch(rpc: &Rpc, count: usize) -> DynamicMessage {
    let mut json = match rpc.name() {
        "BatchGetProducts" => {
            json!({ "names": (0..count).map(|n| format!("products/p{n}")).collect::<Vec<_>>() })
        }
        "BatchUpdateVariants" => json!({ "parent": "products/-" }),
        _ => json!({}),
    };
    if rpc.name() != "BatchGetProducts" {
        json["requests"] = (0..count).map(|number| item(rpc.name(), number)).collect();
    }
    DynamicMessage::deserialize(rpc.method.input(), json).unwrap()
}

fn item(batch: &str, number: usize) -> serde_json::Value {
    let name = format!("products/p{number}");
    match batch {
        "BatchCreateProducts" => {
            let variant =
                json!({ "name": format!("{name}/variants/only"), "sku": format!("SKU-{number}") });
            json!({ "productId": format!("p{number}"), "product": { "title": "Mug", "variants": [variant] } })
        }
        "BatchUpdateProducts" => json!({ "product": { "name": name, "brand": "Emalia" } }),
        "BatchUpdateVariants" => {
            json!({ "variant": { "name": format!("{name}/variants/only"), "sku": format!("NEW-{number}") } })
        }
        _ => json!({ "name": name }),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_batch_takes_500_and_refuses_501_whole() {
    let shop = Shop::open().await;
    let editor = &shop.people.editor;
    let mut web = Connection::new(shop.web(), editor.token());
    let mut known: Vec<_> = rpc::all().into_iter().map(|rpc| rpc.name().to_owned()).collect();
    known.retain(|name| name.starts_with("Batch"));
    known.sort();
    let mut tried = BATCHES.map(str::to_owned).to_vec();
    tried.sort();
    assert_eq!(known, tried, "every batch is tried here");
    for rpc in BATCHES.map(rpc::named) {
        let too_many = batch(&rpc, 501);
        let by_json = web.call(&rpc, &rpc.json(&too_many, Spelling::Camel).unwrap()).await;
        for outcome in [rpc.call(editor, &too_many).await, by_json] {
            let refused = outcome.refusal().unwrap_or_else(|| panic!("{} took 501", rpc.name()));
            let (code, reason) = (refused.code.as_str(), refused.reason.as_str());
            assert_eq!((code, reason), ("INVALID_ARGUMENT", "BATCH_TOO_LARGE"), "{}", rpc.name());
            assert!(refused.words.contains("500"), "{refused:?}");
        }
        // Had anything been done of those 501, this would find it done.
        let whole = batch(&rpc, 500);
        let outcome = if rpc.reads() {
            web.call(&rpc, &rpc.json(&whole, Spelling::Camel).unwrap()).await
        } else {
            rpc.call(editor, &whole).await
        };
        let Outcome::Accepted(answer) = outcome else { panic!("{}: {outcome:?}", rpc.name()) };
        let lists = answer.fields().filter_map(|(_, value)| value.as_list().map(<[Value]>::len));
        assert_eq!(lists.collect::<Vec<_>>(), [500], "{}", rpc.name());
    }
    let all = ListProductsRequest { filter: "brand = Emalia".into(), ..Default::default() };
    let all = editor.products().list_products(all).await.unwrap().into_inner();
    assert_eq!(all.total_size, 500);
    shop.close().await;
}

fn moved(name: &str, parent: &str) -> MoveCategoryRequest {
    MoveCategoryRequest {
        name: format!("categories/{name}"),
        parent: format!("categories/{parent}"),
        ..MoveCategoryRequest::default()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_category_stands_neither_in_itself_nor_in_what_is_below_it() {
    let shop = Shop::open().await;
    let mut categories = shop.people.editor.categories();
    let mut parent = "";
    for id in ["top", "child", "grandchild", "last"] {
        categories.create_category(category(id, id)).await.unwrap();
        if !parent.is_empty() {
            categories.move_category(moved(id, parent)).await.unwrap();
        }
        parent = id;
    }
    for below in ["top", "child", "grandchild", "last"] {
        let by_move = refused(categories.move_category(moved("top", below)).await);
        let category = Category {
            name: "categories/top".into(),
            parent: format!("categories/{below}"),
            ..Category::default()
        };
        let update = UpdateCategoryRequest { category: Some(category), ..Default::default() };
        let by_update = refused(categories.update_category(update).await);
        let expected = (Code::InvalidArgument, "CATEGORY_CYCLE".to_owned());
        assert_eq!((&by_move, &by_update), (&expected, &expected), "{below}");
    }
    shop.close().await;
}

/// How many steps it is from a category to the top; none: it goes round and round.
async fn depth(person: &Person, id: &str) -> Option<usize> {
    let mut name = format!("categories/{id}");
    for depth in 0..10 {
        let get = GetCategoryRequest { name };
        name = person.categories().get_category(get).await.unwrap().into_inner().parent;
        if name.is_empty() {
            return Some(depth);
        }
    }
    None
}

#[tokio::test(flavor = "multi_thread")]
async fn moves_at_the_same_time_make_no_circle_together() {
    const ALL: [&str; 3] = ["a", "b", "c"];
    let shop = Shop::open().await;
    let editor = &shop.people.editor;
    for id in ALL {
        editor.categories().create_category(category(id, id)).await.unwrap();
    }
    for round in 0..20 {
        let mut moves = tokio::task::JoinSet::new();
        for (id, below) in [("a", "b"), ("b", "c"), ("c", "a")] {
            let mut categories = editor.categories();
            moves.spawn(async move { categories.move_category(moved(id, below)).await });
        }
        let mut done = 0;
        for outcome in moves.join_all().await {
            match outcome {
                Ok(_) => done += 1,
                Err(status) => assert_eq!(reason(&status), "CATEGORY_CYCLE"),
            }
        }
        assert_eq!(done, 2, "round {round}: the last of them would close the circle");
        for id in ALL {
            assert!(depth(editor, id).await.is_some(), "round {round}: {id} goes round");
        }
        for id in ALL {
            let top = MoveCategoryRequest { parent: String::new(), ..moved(id, id) };
            editor.categories().move_category(top).await.unwrap();
        }
    }
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn prices_are_kept_to_the_last_cent_and_none_beyond() {
    let shop = Shop::open().await;
    let web = shop.web().with_token(shop.people.editor.token());
    let with =
        |prices: serde_json::Value| json!({ "title": "Mug", "variants": [{ "prices": prices }] });
    let most = json!({ "currencyCode": "EUR", "units": "9223372036853", "nanos": 990_000_000 });
    let yen = json!({ "currencyCode": "JPY", "units": "9223372036853" });
    let answer = web
        .post("/v1/products", &with(json!([{ "amount": most }, { "amount": yen }])))
        .await
        .json();
    assert_eq!(answer["variants"][0]["prices"][0]["amount"], most, "{answer}");
    assert_eq!(answer["priceRange"]["highest"], most, "{answer}");
    let name = answer["name"].as_str().unwrap();
    let read = web.get(&format!("/v1/{name}")).await.json();
    assert_eq!(read["variants"][0]["prices"][1]["amount"]["units"], yen["units"], "{read}");
    for (filter, count) in [
        ("price = 9223372036853.99", 1),
        ("price > 9223372036853.99", 0),
        ("price.JPY >= 9223372036853", 1),
        ("price.USD:*", 0),
    ] {
        let found = web
            .get(&format!("/v1/products?filter={}", filter.replace(' ', "%20").replace('>', "%3E")))
            .await
            .json();
        assert_eq!(found["totalSize"].as_i64().unwrap_or_default(), count, "{filter}: {found}");
    }
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_price_that_cannot_be_kept_is_refused_by_its_field() {
    let shop = Shop::open().await;
    let web = shop.web().with_token(shop.people.editor.token());
    let with =
        |prices: serde_json::Value| json!({ "title": "Mug", "variants": [{ "prices": prices }] });
    let amount = "product.variants[0].prices[0].amount";
    let before = "product.variants[0].prices[0].compare_at_amount";
    let euro = json!({ "currencyCode": "EUR", "units": "1" });
    for (price, field) in [
        (json!({ "amount": { "currencyCode": "EUR", "units": "9223372036854" } }), amount),
        (json!({ "amount": { "currencyCode": "EUR", "units": "-1" } }), amount),
        (
            json!({ "amount": { "currencyCode": "EUR", "units": "1", "nanos": -10_000_000 } }),
            amount,
        ),
        (
            json!({ "amount": { "currencyCode": "EUR", "units": "-1", "nanos": 10_000_000 } }),
            amount,
        ),
        (json!({ "amount": { "currencyCode": "EUR", "nanos": 1_000 } }), amount),
        (json!({ "amount": { "currencyCode": "JPY", "nanos": 500_000_000 } }), amount),
        (
            json!({ "amount": euro, "compareAtAmount": { "currencyCode": "USD", "units": "2" } }),
            before,
        ),
        (json!({ "amount": euro, "compareAtAmount": euro }), before),
    ] {
        let answer = web.post("/v1/products", &with(json!([price]))).await;
        assert_eq!(answer.reason(), "FIELD_INVALID", "{price}: {}", answer.text());
        assert!(
            answer.text().contains(&format!("\"field\":\"{field}\"")),
            "{price}: {}",
            answer.text()
        );
    }
    let twice =
        web.post("/v1/products", &with(json!([{ "amount": euro }, { "amount": euro }]))).await;
    assert!(twice.text().contains("product.variants[0].prices[1]"), "{}", twice.text());
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_window_lies_between_the_first_year_and_the_last() {
    let shop = Shop::open().await;
    let web = shop.web().with_token(shop.people.editor.token());
    let with = |from: &str, until: &str| json!({ "title": "Mug", "publishTime": from, "unpublishTime": until });
    for (from, until) in [
        ("0001-01-01T00:00:00Z", "9999-12-30T00:00:00Z"),
        ("1969-12-31T23:59:59.999999Z", "1970-01-01T00:00:00Z"),
    ] {
        let answer = web.post("/v1/products", &with(from, until)).await.json();
        assert_eq!(
            (&answer["publishTime"], &answer["unpublishTime"]),
            (&json!(from), &json!(until)),
            "{answer}"
        );
    }
    for (from, until, field) in [
        ("0000-12-31T23:59:59Z", "2026-01-01T00:00:00Z", "ublish"),
        ("2026-01-01T00:00:00Z", "10000-01-01T00:00:00Z", "npublish"),
        ("2026-01-01T00:00:00Z", "+010000-01-01T00:00:00Z", "npublish"),
        ("-0001-01-01T00:00:00Z", "2026-01-01T00:00:00Z", "ublish"),
        ("2026-01-02T00:00:00Z", "2026-01-01T00:00:00Z", "unpublish_time"),
        ("2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z", "unpublish_time"),
    ] {
        let answer = web.post("/v1/products", &with(from, until)).await;
        assert_eq!(
            answer.status,
            http::StatusCode::BAD_REQUEST,
            "{from} {until}: {}",
            answer.text()
        );
        assert!(answer.text().contains(field), "{from} {until}: {}", answer.text());
    }
    shop.close().await;
}
