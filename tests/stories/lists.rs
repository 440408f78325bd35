//! Lists: page by page to the end, filtered and ordered, with tokens that nobody can forge or move.

use proto::catalog::{
    AttributeValue, BatchCreateProductsRequest, Category, CreateCategoryRequest,
    CreateProductRequest, ListCategoriesRequest, ListProductsRequest, ListProductsResponse,
    ListVariantsRequest, Option as Choice, Price, Variant, attribute_value::Value,
};
use tests::{
    errors::{reason, refused},
    goods::{category, create, euro},
    people::Person,
    shop::Shop,
};
use tonic::{Code, Status};

async fn list(
    person: &Person,
    request: ListProductsRequest,
) -> Result<ListProductsResponse, Status> {
    Ok(person.products().list_products(request).await?.into_inner())
}

fn titles(page: &ListProductsResponse) -> Vec<&str> {
    page.products.iter().map(|product| product.title.as_str()).collect()
}

/// Creates products with these prices and colours.
async fn stock(editor: &Person, goods: &[(&str, i64, &str)]) {
    let requests = goods
        .iter()
        .map(|(title, price, colour)| {
            let mut wish = create(&title.to_lowercase().replace(' ', "-"), title);
            let product = wish.product.as_mut().unwrap();
            product.variants[0].prices =
                vec![Price { amount: Some(euro(*price, 0)), ..Default::default() }];
            let colour = AttributeValue { value: Some(Value::Text((*colour).into())) };
            product.attributes = [("colour".to_owned(), colour)].into();
            wish
        })
        .collect();
    let batch = BatchCreateProductsRequest { requests, ..Default::default() };
    editor.products().batch_create_products(batch).await.unwrap();
}

const GOODS: [(&str, i64, &str); 4] =
    [("Mug", 12, "red"), ("Bowl", 30, "blue"), ("Plate", 18, "red"), ("Jug", 44, "white")];

#[tokio::test(flavor = "multi_thread")]
async fn every_page_to_the_end_has_each_product_once() {
    let shop = Shop::open().await;
    let editor = &shop.people.editor;
    let requests: Vec<CreateProductRequest> =
        (0..230).map(|number| create(&format!("p{number:03}"), "The same title")).collect();
    let batch = BatchCreateProductsRequest { requests, ..Default::default() };
    editor.products().batch_create_products(batch).await.unwrap();

    for order_by in ["", "title", "price desc", "create_time desc"] {
        let mut request =
            ListProductsRequest { page_size: 50, order_by: order_by.into(), ..Default::default() };
        let mut names = Vec::new();
        let mut pages = 0;
        loop {
            let page = list(editor, request.clone()).await.unwrap();
            assert_eq!((page.total_size, page.total_size_capped), (230, false));
            names.extend(page.products.into_iter().map(|product| product.name));
            pages += 1;
            if page.next_page_token.is_empty() {
                break;
            }
            request.page_token = page.next_page_token;
        }
        names.sort();
        names.dedup();
        assert_eq!((names.len(), pages), (230, 5), "ordered by `{order_by}`");
    }
    let default = list(editor, ListProductsRequest::default()).await.unwrap();
    assert_eq!(default.products.len(), 50);
    let capped = ListProductsRequest { page_size: 100_000, ..Default::default() };
    assert_eq!(list(editor, capped).await.unwrap().products.len(), 230);
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn filters_and_orders_find_what_they_say() {
    let shop = Shop::open().await;
    let editor = &shop.people.editor;
    stock(editor, &GOODS).await;
    let found = [
        ("", "title", vec!["Bowl", "Jug", "Mug", "Plate"]),
        ("", "title desc", vec!["Plate", "Mug", "Jug", "Bowl"]),
        ("", "price", vec!["Mug", "Plate", "Bowl", "Jug"]),
        ("price < 20.00", "price", vec!["Mug", "Plate"]),
        ("price.EUR >= 30", "price", vec!["Bowl", "Jug"]),
        ("attributes.colour = \"red\"", "title", vec!["Mug", "Plate"]),
        ("attributes.colour = \"red\" AND price > 15", "title", vec!["Plate"]),
        ("NOT attributes.colour = \"red\"", "title", vec!["Bowl", "Jug"]),
        ("title = \"Mug\" OR title = \"Jug\"", "title", vec!["Jug", "Mug"]),
        ("title:\"ug\"", "title", vec!["Jug", "Mug"]),
        ("state = DRAFT", "title", vec!["Bowl", "Jug", "Mug", "Plate"]),
        ("state = ACTIVE", "title", vec![]),
        ("mug", "title", vec!["Mug"]),
    ];
    for (filter, order_by, expected) in found {
        let request = ListProductsRequest {
            filter: filter.into(),
            order_by: order_by.into(),
            ..Default::default()
        };
        let page =
            list(editor, request).await.unwrap_or_else(|status| panic!("{filter}: {status}"));
        assert_eq!(titles(&page), expected, "`{filter}` by `{order_by}`");
        assert_eq!(page.total_size, i32::try_from(expected.len()).unwrap(), "`{filter}`");
    }
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_category_finds_what_stands_below_it() {
    let shop = Shop::open().await;
    let editor = &shop.people.editor;
    for (id, parent) in [("kitchen", ""), ("mugs", "categories/kitchen"), ("garden", "")] {
        let category = Category { title: id.into(), parent: parent.into(), ..Default::default() };
        let wish = CreateCategoryRequest {
            category_id: id.into(),
            category: Some(category),
            ..Default::default()
        };
        editor.categories().create_category(wish).await.unwrap();
    }
    for (id, category) in [("mug", "mugs"), ("pan", "kitchen"), ("rake", "garden")] {
        let mut wish = create(id, id);
        wish.product.as_mut().unwrap().categories = vec![format!("categories/{category}")];
        editor.products().create_product(wish).await.unwrap();
    }
    let below = ListProductsRequest {
        filter: "category:\"kitchen\"".into(),
        order_by: "title".into(),
        ..Default::default()
    };
    assert_eq!(titles(&list(editor, below).await.unwrap()), ["mug", "pan"]);
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_of_variants_and_categories_say_how_many_there_are() {
    let shop = Shop::open().await;
    let editor = &shop.people.editor;
    for id in ["kitchen", "mugs", "garden"] {
        editor.categories().create_category(category(id, id)).await.unwrap();
    }
    let categories = ListCategoriesRequest { page_size: 2, ..Default::default() };
    let page = editor.categories().list_categories(categories).await.unwrap().into_inner();
    assert_eq!((page.categories.len(), page.total_size, page.total_size_capped), (2, 3, false));

    let mut wish = create("mug", "Mug");
    let product = wish.product.as_mut().unwrap();
    let values = ["S", "M", "L"].map(String::from).to_vec();
    let sized = |size: &String| Variant { option_values: vec![size.clone()], ..Default::default() };
    product.variants = values.iter().map(sized).collect();
    product.options = vec![Choice { name: "Size".into(), values }];
    editor.products().create_product(wish).await.unwrap();
    let parent = "products/mug".to_owned();
    let variants = ListVariantsRequest { parent, page_size: 2, ..Default::default() };
    let page = editor.variants().list_variants(variants).await.unwrap().into_inner();
    assert_eq!((page.variants.len(), page.total_size, page.total_size_capped), (2, 3, false));
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_token_opens_only_its_own_query() {
    let shop = Shop::open().await;
    let editor = &shop.people.editor;
    stock(editor, &GOODS).await;
    let first =
        ListProductsRequest { page_size: 2, order_by: "title".into(), ..Default::default() };
    let token = list(editor, first.clone()).await.unwrap().next_page_token;
    let with = |change: fn(&mut ListProductsRequest)| {
        let mut request = ListProductsRequest { page_token: token.clone(), ..first.clone() };
        change(&mut request);
        request
    };
    let wider = list(editor, with(|request| request.page_size = 3)).await.unwrap();
    assert_eq!(titles(&wider), ["Mug", "Plate"], "the size of a page may change");

    let moved: [fn(&mut ListProductsRequest); 4] = [
        |request| request.filter = "price > 1".into(),
        |request| request.order_by = "title desc".into(),
        |request| request.show_deleted = true,
        |request| request.page_token = "bm90IGEgdG9rZW4".into(),
    ];
    for change in moved {
        let refused = refused(list(editor, with(change)).await);
        assert_eq!(refused, (Code::InvalidArgument, "PAGE_TOKEN_INVALID".into()));
    }
    for at in 0..token.len() {
        let mut forged = token.clone().into_bytes();
        forged[at] = if forged[at] == b'A' { b'B' } else { b'A' };
        let page_token = String::from_utf8(forged).unwrap();
        let request = ListProductsRequest { page_token, ..first.clone() };
        match list(editor, request).await {
            Ok(_) => panic!("byte {at} of the token does not matter"),
            Err(status) => assert_eq!(reason(&status), "PAGE_TOKEN_INVALID", "byte {at}"),
        }
    }
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_says_where_its_filter_is_wrong() {
    let shop = Shop::open().await;
    let editor = &shop.people.editor;
    let wrong = [
        ("price <", "column 8"),
        ("colour = \"red\"", "column 1"),
        ("title = \"open", "column 9"),
        ("(title = \"a\"", "column"),
        ("title = \"a\" AND", "column 16"),
        ("price < 1.0000001", "column 9"),
    ];
    for (filter, place) in wrong {
        let request = ListProductsRequest { filter: filter.into(), ..Default::default() };
        let status = list(editor, request).await.unwrap_err();
        assert_eq!(
            (status.code(), reason(&status)),
            (Code::InvalidArgument, "FILTER_INVALID".into())
        );
        assert!(status.message().contains(place), "`{filter}`: {}", status.message());
    }
    let deep = format!("{}title = \"a\"{}", "(".repeat(40), ")".repeat(40));
    let deep = ListProductsRequest { filter: deep, ..Default::default() };
    assert_eq!(refused(list(editor, deep).await).1, "FILTER_INVALID");
    let order = ListProductsRequest { order_by: "colour".into(), ..Default::default() };
    assert_eq!(refused(list(editor, order).await).1, "ORDER_INVALID");
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_public_cannot_ask_for_deleted_products() {
    let shop = Shop::open().await;
    let request = ListProductsRequest { show_deleted: true, ..Default::default() };
    let answer = refused(list(&shop.people.anyone, request.clone()).await);
    assert_eq!(answer.0, Code::Unauthenticated);
    assert!(list(&shop.people.viewer, request).await.is_ok());
    shop.close().await;
}
