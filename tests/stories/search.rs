//! Searching: by gRPC, by JSON and on the page, with nothing that the public may not see in any of them.

use http::StatusCode;
use proto::catalog::{
    Category, CreateCategoryRequest, CreateProductRequest, DeleteProductRequest,
    PublishProductRequest, SearchProductsRequest, SearchProductsResponse, SuggestProductsRequest,
    UnpublishProductRequest,
};
use tests::{
    errors::{fields, reason},
    goods::{create, euro, variant},
    people::Person,
    shop::Shop,
};
use tonic::Status;

async fn search(
    person: &Person,
    request: SearchProductsRequest,
) -> Result<SearchProductsResponse, Status> {
    Ok(person.products().search_products(request).await?.into_inner())
}

fn words(query: &str) -> SearchProductsRequest {
    SearchProductsRequest { query: query.into(), with_facets: true, ..Default::default() }
}

fn names(found: &SearchProductsResponse) -> Vec<&str> {
    let products = found.results.iter().filter_map(|one| one.product.as_ref());
    products.map(|product| product.name.as_str()).collect()
}

fn of_brand(id: &str, title: &str, brand: &str, sku: &str, price: i64) -> CreateProductRequest {
    let mut wish = create(id, title);
    let product = wish.product.as_mut().unwrap();
    product.brand = brand.into();
    product.categories = vec!["categories/cups".into()];
    product.variants = vec![variant(sku, euro(price, 0))];
    wish
}

/// Cups for everybody, and one that is a draft, one that was deleted, one that was taken back.
async fn stock(editor: &Person) {
    let category = Category { title: "Cups".into(), ..Default::default() };
    let cups = CreateCategoryRequest {
        category_id: "cups".into(),
        category: Some(category),
        ..Default::default()
    };
    editor.categories().create_category(cups).await.unwrap();
    for (id, brand, price) in [
        ("white", "Emalia", 5),
        ("blue", "Emalia", 15),
        ("draft", "Hidden", 99),
        ("deleted", "Gone", 98),
        ("withdrawn", "Withdrawn", 97),
    ] {
        let title = format!("Enamel mug {id}");
        let wish = of_brand(id, &title, brand, &format!("EM-35/{id}"), price);
        editor.products().create_product(wish).await.unwrap();
        let name = format!("products/{id}");
        if id != "draft" {
            let publish = PublishProductRequest { name: name.clone(), ..Default::default() };
            editor.products().publish_product(publish).await.unwrap();
        }
        if id == "deleted" {
            let delete = DeleteProductRequest { name: name.clone(), ..Default::default() };
            editor.products().delete_product(delete).await.unwrap();
        }
        if id == "withdrawn" {
            let unpublish = UnpublishProductRequest { name, ..Default::default() };
            editor.products().unpublish_product(unpublish).await.unwrap();
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_product_is_found_by_grpc_by_json_and_on_the_page() {
    let shop = Shop::open().await;
    stock(&shop.people.editor).await;
    let found = search(&shop.people.anyone, words("em35blue")).await.unwrap();
    assert_eq!(names(&found), ["products/blue"]);

    let answer =
        shop.web().get("/v1/products:search?query=emalia+mugs&withFacets=true&pageSize=1").await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    let json = answer.json();
    assert_eq!(json["totalSize"], 2);
    assert_eq!(json["facets"]["brands"][0]["value"], "Emalia");
    assert_eq!(json["facets"]["categories"][0]["count"], 2);
    let marked = json["results"][0]["titleSegments"].as_array().unwrap();
    assert!(marked.iter().any(|part| part["text"] == "mug" && part["matched"] == true), "{json}");
    let next = json["nextPageToken"].as_str().unwrap();
    let path = "/v1/products:search?query=emalia+mugs&withFacets=true&pageSize=1&pageToken=";
    let last = shop.web().get(&format!("{path}{next}")).await.json();
    assert_ne!(last["results"][0]["product"]["name"], json["results"][0]["product"]["name"]);
    assert_eq!(last["nextPageToken"], "");

    let page = shop.web().get("/search?q=emalia+mugs").await;
    assert_eq!(page.status, StatusCode::OK);
    for words in
        ["<mark>mug</mark>", "Emalia", "2 products", "/p/enamel-mug-blue", "value=\"emalia mugs\""]
    {
        assert!(page.text().contains(words), "no `{words}` in {}", page.text());
    }
    let nothing = shop.web().get("/search?q=zeppelin").await;
    assert!(nothing.text().contains("Nothing was found") && nothing.text().contains("/c/cups"));
    let near = shop.web().get("/search?q=enamle").await;
    assert!(near.text().contains("so this is for “enamel”"), "{}", near.text());
    let suggested = shop.web().get("/v1/products:suggest?query=ema").await.json();
    assert_eq!(suggested["suggestions"][0]["text"], "Emalia", "{suggested}");
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_learns_by_searching_what_they_may_not_see() {
    let shop = Shop::open().await;
    stock(&shop.people.editor).await;
    let people = &shop.people;
    for person in [&people.anyone, &people.viewer, &people.editor, &people.admin] {
        let found = search(person, words("enamel mug")).await.unwrap();
        assert_eq!(
            (found.results.len(), found.total_size),
            (2, 2),
            "public without being asked for more"
        );
        let text = format!("{found:?}");
        for hidden in [
            "Hidden",
            "Gone",
            "Withdrawn",
            "draft",
            "deleted\"",
            "withdrawn",
            "units: 97",
            "units: 98",
            "units: 99",
        ] {
            assert!(!text.contains(hidden), "`{hidden}` in {text}");
        }
        for query in ["hidden", "hiden", "gone", "withdrawn", "em35draft", "EM-35/dra", "withdrwn"]
        {
            let found = search(person, words(query)).await.unwrap();
            let text = format!("{found:?}");
            assert!(!text.to_lowercase().contains(&query[..3]), "{query}: {text}");
            let typed = SuggestProductsRequest { query: query.into(), ..Default::default() };
            let suggested = person.products().suggest_products(typed).await.unwrap().into_inner();
            let texts: Vec<_> = suggested.suggestions.into_iter().map(|one| one.text).collect();
            assert!(
                texts.iter().all(|text| ["Enamel mug white", "Enamel mug blue", "Emalia"]
                    .contains(&text.as_str())),
                "{query}: {texts:?}"
            );
        }
    }
    let hidden = SearchProductsRequest { show_hidden: true, ..words("enamel mug") };
    let deleted = SearchProductsRequest { show_deleted: true, ..words("enamel mug") };
    for request in [&hidden, &deleted] {
        let refused = search(&people.anyone, request.clone()).await.unwrap_err();
        assert_eq!(reason(&refused), "CREDENTIALS_INVALID");
    }
    assert_eq!(search(&people.viewer, hidden).await.unwrap().total_size, 4);
    assert_eq!(search(&people.viewer, deleted).await.unwrap().total_size, 5);
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_faulty_search_names_every_field() {
    let shop = Shop::open().await;
    let request = SearchProductsRequest {
        query: "x".repeat(2_049),
        page_size: -1,
        categories: vec!["cups".into()],
        attributes: vec!["colour".into()],
        lowest_price: Some(proto::google::r#type::Money {
            currency_code: "XYZ".into(),
            ..Default::default()
        }),
        ..Default::default()
    };
    let refused = search(&shop.people.anyone, request).await.unwrap_err();
    assert_eq!(
        fields(&refused),
        ["query", "page_size", "categories[0]", "attributes[0]", "lowest_price.currency_code"]
    );
    let other = proto::google::r#type::Money { currency_code: "USD".into(), ..Default::default() };
    let request = SearchProductsRequest { price_below: Some(other), ..words("mug") };
    let refused = search(&shop.people.anyone, request).await.unwrap_err();
    assert_eq!(fields(&refused), ["price_below"]);
    let foreign = SearchProductsRequest { page_token: "AAAA".into(), ..words("mug") };
    let refused = search(&shop.people.anyone, foreign).await.unwrap_err();
    assert_eq!(reason(&refused), "PAGE_TOKEN_INVALID");
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_written_is_found_after_a_restart() {
    let shop = Shop::open().await;
    stock(&shop.people.editor).await;
    let shop = shop.restart().await;
    let found = search(&shop.people.anyone, words("enamel")).await.unwrap();
    assert_eq!(found.total_size, 2);
    assert!(!found.incomplete);
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_found_comes_in_the_order_that_is_asked_for_page_by_page() {
    let shop = Shop::open().await;
    let editor = &shop.people.editor;
    stock(editor).await;
    let ordered = |order_by: &str, token: &str| SearchProductsRequest {
        order_by: order_by.into(),
        page_size: 3,
        page_token: token.into(),
        show_hidden: true,
        ..words("enamel")
    };
    for (order, expected) in [
        ("price desc", ["draft", "withdrawn", "blue", "white"]),
        ("title", ["blue", "draft", "white", "withdrawn"]),
        ("create_time", ["white", "blue", "draft", "withdrawn"]),
    ] {
        let first = search(editor, ordered(order, "")).await.unwrap();
        let last = search(editor, ordered(order, &first.next_page_token)).await.unwrap();
        assert_eq!((first.total_size, last.next_page_token.as_str()), (4, ""), "{order}");
        let all: Vec<_> = [names(&first), names(&last)].concat();
        assert_eq!(all, expected.map(|id| format!("products/{id}")), "{order}");
        assert!(first.results[0].title_segments.iter().any(|part| part.matched), "{order}");
        let other = SearchProductsRequest {
            order_by: "slug".into(),
            ..ordered("", &first.next_page_token)
        };
        let refused = search(editor, other).await.unwrap_err();
        assert_eq!(reason(&refused), "PAGE_TOKEN_INVALID", "a page is of one order");
    }
    let public = SearchProductsRequest { order_by: "price desc".into(), ..words("enamel") };
    let found = search(&shop.people.anyone, public).await.unwrap();
    assert_eq!(names(&found), ["products/blue", "products/white"]);
    let refused = search(editor, ordered("rank", "")).await.unwrap_err();
    assert_eq!(reason(&refused), "ORDER_INVALID");
    let path = "/v1/products:search?query=enamel&orderBy=price";
    let json = shop.web().get(path).await.json();
    assert_eq!(json["results"][0]["product"]["name"], "products/white");
    shop.close().await;
}
