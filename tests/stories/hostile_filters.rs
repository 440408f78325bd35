//! Filters and orders that mean harm: deep, long, wide, or written for another reader. Each is answered, refused by its column, or
//! stopped for what it costs; none of them stops the service or finds what it should not.

use std::time::Duration;

use proto::catalog::{BatchCreateProductsRequest, ListProductsRequest, ListProductsResponse};
use tests::{goods::create, people::Person, shop::Shop};
use tonic::{Request, Status};
use tonic_types::StatusExt as _;

/// More products than a page holds, with texts long enough that looking through all of them costs something.
async fn stocked() -> Shop {
    let shop = Shop::open().await;
    for batch in 0..4 {
        let wish = |number: usize| {
            let mut wish = create(&format!("p{number}"), &format!("Mug 100% number_{number}"));
            wish.product.as_mut().unwrap().description = format!("{number} {}", "ab".repeat(1_000));
            wish
        };
        let requests = (batch * 250..(batch + 1) * 250).map(wish).collect();
        let request = BatchCreateProductsRequest { requests, ..Default::default() };
        shop.people.editor.products().batch_create_products(request).await.unwrap();
    }
    shop
}

async fn list(person: &Person, filter: &str, order: &str) -> Result<ListProductsResponse, Status> {
    let request = ListProductsRequest {
        filter: filter.into(),
        order_by: order.into(),
        page_size: 5,
        ..ListProductsRequest::default()
    };
    let mut request = Request::new(request);
    // Whatever it is, the service is done with it by then: it ends a list that costs too much long before.
    request.set_timeout(Duration::from_secs(20));
    Ok(person.products().list_products(request).await?.into_inner())
}

/// Terms joined.
fn many(term: &str, by: &str, count: usize) -> String {
    vec![term; count].join(by)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_filter_is_answered_or_costs_too_much() {
    let shop = stocked().await;
    let deep = |depth: usize| format!("{}a{}", "(".repeat(depth), ")".repeat(depth));
    let fine = [
        deep(16),
        many("title:zzz", " OR ", 64),
        many("description:aba", " AND ", 64),
        many("NOT description:abababababababababababc", " AND ", 30),
        format!("title:\"{}\"", "x".repeat(2_000)),
        many("category:nothing", " OR ", 64),
        many("attributes.x:*", " OR ", 64),
        "-(title:a OR -(title:b OR -(title:c)))".into(),
        "title:\"\u{202e}\u{0}\"".into(),
        "title:\"👩\u{200d}👩\u{200d}👧\"".into(),
        "price < 9223372036854.775807".into(),
        "attributes.x > 1e308 OR attributes.x < -1e308 OR attributes.x = 1e999".into(),
        "attributes.x = NaN OR attributes.x = inf".into(),
        "-".repeat(2_000),
        "create_time > 9999-12-30 OR create_time < 0001-01-01".into(),
    ];
    for filter in &fine {
        match list(&shop.people.viewer, filter, "").await {
            Ok(_) => {}
            Err(status) => {
                let details = status.get_error_details();
                assert_eq!(
                    details.error_info().unwrap().reason,
                    "QUERY_TOO_EXPENSIVE",
                    "{filter}: {status:?}"
                );
            }
        }
    }
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_faulty_filter_is_refused_by_its_column() {
    let shop = Shop::open().await;
    let deep = |depth: usize| format!("{}a{}", "(".repeat(depth), ")".repeat(depth));
    let faulty = [
        deep(17),
        many("a", " ", 65),
        many("(a", " ", 600),
        "(".repeat(2_000),
        ")".repeat(2_000),
        "NOT ".repeat(500),
        "\"".into(),
        "title:\"never closed".into(),
        "title = ".into(),
        "= 1".into(),
        "nothing = 1".into(),
        "title.length > 1".into(),
        "price.XXXX > 1".into(),
        "price < 1e3".into(),
        "price < -1".into(),
        "price < 99999999999999999999999".into(),
        "price < 0.0000001".into(),
        "price < ٣".into(),
        "state > DRAFT".into(),
        "state = draft".into(),
        "create_time < yesterday".into(),
        "create_time < 10000-01-01".into(),
        "category = \"NO ID\"".into(),
        "title:a, brand:b".into(),
        "\u{0}=1".into(),
    ];
    for filter in &faulty {
        let status = list(&shop.people.viewer, filter, "").await.expect_err(filter);
        let details = status.get_error_details();
        let info = details.error_info().unwrap();
        assert_eq!(info.reason, "FILTER_INVALID", "{filter}: {status:?}");
        let column: usize = info.metadata["column"].parse().unwrap();
        assert!((1..=filter.chars().count() + 1).contains(&column), "{filter}: column {column}");
    }
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn signs_of_other_languages_are_plain_letters_in_a_filter() {
    let shop = stocked().await;
    let viewer = &shop.people.viewer;
    for (filter, count) in [
        ("title:\"100%\"", 1_000),
        ("title:\"%\"", 1_000),
        ("title:\"number_1\"", 111),
        ("title:\"number%1\"", 0),
        ("title:\"_\"", 1_000),
        ("title:\"*\"", 0),
        ("title = \"Mug%\"", 0),
        ("slug = \"p_\"", 0),
        ("title:\"' OR 1=1 --\"", 0),
        ("title:\"\\\\\"", 0),
    ] {
        let found =
            list(viewer, filter, "").await.unwrap_or_else(|status| panic!("{filter}: {status:?}"));
        assert_eq!(found.total_size, count, "{filter}");
    }
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_is_taken_or_refused_by_its_column() {
    let shop = Shop::open().await;
    for order in [
        "title,price,slug,create_time,update_time,delete_time",
        " title  desc ",
        "title asc,price desc",
    ] {
        list(&shop.people.viewer, "", order)
            .await
            .unwrap_or_else(|status| panic!("{order}: {status:?}"));
    }
    for order in [
        "nothing",
        "title desc desc",
        "title, title",
        ",",
        "title;",
        "title desc; DROP TABLE products",
        "(SELECT 1)",
        "1",
        "title\u{0}",
        "TITLE",
        "price.EUR",
        "\u{202e}eltit",
        "random()",
        "😀",
    ] {
        let status = list(&shop.people.viewer, "", order).await.expect_err(order);
        let details = status.get_error_details();
        let info = details.error_info().unwrap();
        assert_eq!(info.reason, "ORDER_INVALID", "{order}: {status:?}");
        let column: usize = info.metadata["column"].parse().unwrap();
        assert!((1..=order.chars().count() + 1).contains(&column), "{order}: column {column}");
    }
    shop.close().await;
}
