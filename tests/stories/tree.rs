//! Categories, variants and the shop: their own lives and their own reasons.

use http::{Method, StatusCode};
use prost_types::FieldMask;
use proto::catalog::{
    Category, CreateCategoryRequest, CreateVariantRequest, DeleteCategoryRequest,
    DeleteProductRequest, DeleteVariantRequest, GetShopRequest, GetVariantRequest,
    ListCategoriesRequest, ListVariantsRequest, Option as Choice, PublishProductRequest,
    Shop as ShopSettings, UpdateCategoryRequest, UpdateShopRequest, UpdateVariantRequest, Variant,
};
use serde_json::json;
use tests::{
    errors::refused,
    forms::{Form, Visitor},
    goods::{create, euro, variant},
    people::PASSWORD,
    shop::Shop,
    web::{Answer, Web},
};
use tonic::Code;

fn category(id: &str, parent: &str) -> CreateCategoryRequest {
    let category =
        Category { title: format!("The {id}"), parent: parent.into(), ..Default::default() };
    CreateCategoryRequest { category_id: id.into(), category: Some(category), ..Default::default() }
}

#[tokio::test(flavor = "multi_thread")]
async fn categories_make_a_tree_without_circles() {
    let shop = Shop::open().await;
    let mut categories = shop.people.editor.categories();
    let kitchen = categories.create_category(category("kitchen", "")).await.unwrap().into_inner();
    assert_eq!(
        (kitchen.name.as_str(), kitchen.slug.as_str()),
        ("categories/kitchen", "the-kitchen")
    );
    categories.create_category(category("mugs", "categories/kitchen")).await.unwrap();
    let orphan = categories.create_category(category("x", "categories/nothing")).await;
    assert_eq!(refused(orphan), (Code::InvalidArgument, "FIELD_INVALID".into()));
    let taken = categories.create_category(category("mugs", "")).await;
    assert_eq!(refused(taken).0, Code::AlreadyExists);

    let below_itself = UpdateCategoryRequest {
        category: Some(Category { parent: "categories/mugs".into(), ..kitchen.clone() }),
        update_mask: Some(FieldMask { paths: vec!["parent".into()] }),
        ..Default::default()
    };
    let circle = refused(categories.update_category(below_itself).await);
    assert_eq!(circle, (Code::InvalidArgument, "CATEGORY_CYCLE".into()));
    let delete = DeleteCategoryRequest { name: kitchen.name, ..Default::default() };
    let full = refused(categories.delete_category(delete).await);
    assert_eq!(full, (Code::FailedPrecondition, "HAS_CHILDREN".into()));
    let delete = DeleteCategoryRequest { name: "categories/mugs".into(), ..Default::default() };
    categories.delete_category(delete).await.unwrap();
    let left =
        shop.people.anyone.categories().list_categories(ListCategoriesRequest::default()).await;
    assert_eq!(left.unwrap().into_inner().categories.len(), 1);
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_variant_has_an_etag_of_its_own_and_the_last_one_stays() {
    let shop = Shop::open().await;
    let editor = &shop.people.editor;
    let mut wish = create("mug", "Mug");
    let product = wish.product.as_mut().unwrap();
    product.options =
        vec![Choice { name: "Colour".into(), values: vec!["white".into(), "blue".into()] }];
    product.variants[0].option_values = vec!["white".into()];
    let product = editor.products().create_product(wish).await.unwrap().into_inner();
    let mut variants = editor.variants();
    let wish = CreateVariantRequest {
        parent: product.name.clone(),
        variant_id: "blue".into(),
        variant: Some(Variant {
            option_values: vec!["blue".into()],
            ..variant("1005", euro(16, 0))
        }),
        ..Default::default()
    };
    let blue = variants.create_variant(wish).await.unwrap().into_inner();
    assert_eq!(blue.name, "products/mug/variants/blue");
    let priced = UpdateVariantRequest {
        variant: Some(Variant { prices: variant("", euro(15, 0)).prices, ..blue.clone() }),
        update_mask: Some(FieldMask { paths: vec!["prices".into()] }),
        ..Default::default()
    };
    let priced_again = variants.update_variant(priced.clone()).await.unwrap().into_inner();
    assert_ne!(priced_again.etag, blue.etag);
    assert_eq!(refused(variants.update_variant(priced).await).1, "ETAG_MISMATCH");
    let get =
        proto::catalog::GetProductRequest { name: product.name.clone(), ..Default::default() };
    let now = editor.products().get_product(get).await.unwrap().into_inner();
    assert_eq!(now.etag, product.etag, "a price is no change of the product itself");

    let all = ListVariantsRequest { parent: product.name.clone(), ..Default::default() };
    assert_eq!(variants.list_variants(all).await.unwrap().into_inner().variants.len(), 2);
    let delete = DeleteVariantRequest { name: blue.name.clone(), ..Default::default() };
    variants.delete_variant(delete).await.unwrap();
    let gone = variants.get_variant(GetVariantRequest { name: blue.name }).await;
    assert_eq!(refused(gone).0, Code::NotFound);
    let last =
        DeleteVariantRequest { name: product.variants[0].name.clone(), ..Default::default() };
    assert_eq!(
        refused(variants.delete_variant(last).await),
        (Code::FailedPrecondition, "LAST_VARIANT".into())
    );
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_shop_has_a_name_and_a_currency_that_exists() {
    let shop = Shop::open().await;
    let get = GetShopRequest { name: "shop".into() };
    let now = shop.people.anyone.shop().get_shop(get).await.unwrap().into_inner();
    assert_eq!(now.default_currency, "EUR");
    let with = |currency: &str, name: &str| UpdateShopRequest {
        shop: Some(ShopSettings {
            default_currency: currency.into(),
            display_name: name.into(),
            ..now.clone()
        }),
        update_mask: Some(FieldMask {
            paths: vec!["display_name".into(), "default_currency".into()],
        }),
        ..Default::default()
    };
    let mut admin = shop.people.admin.shop();
    assert_eq!(refused(admin.update_shop(with("XQX", "Nook")).await).1, "FIELD_INVALID");
    let renamed = admin.update_shop(with("EUR", "Nook")).await.unwrap().into_inner();
    assert_eq!(renamed.display_name, "Nook");
    assert_eq!(refused(admin.update_shop(with("EUR", "Crook")).await).1, "ETAG_MISMATCH");
    shop.close().await;
}

/// Moves a category by JSON.
fn moved(web: &Web, name: &str, parent: &str, etag: &str) -> impl Future<Output = Answer> {
    let ask = web.ask(Method::POST, &format!("/v1/categories/{name}:move"));
    ask.header("if-match", etag).json(&json!({ "parent": parent })).send()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_category_moves_with_its_subtree_by_json_and_never_below_itself() {
    let shop = Shop::open().await;
    let mut categories = shop.people.editor.categories();
    for (id, parent) in [("a", ""), ("b", "categories/a"), ("c", "categories/b"), ("d", "")] {
        categories.create_category(category(id, parent)).await.unwrap();
    }
    let web = shop.web().with_token(shop.people.editor.token());
    for below in ["a", "b", "c"] {
        let circle = moved(&web, "a", &format!("categories/{below}"), "*").await;
        let answer = (circle.status, circle.reason());
        assert_eq!(answer, (StatusCode::BAD_REQUEST, "CATEGORY_CYCLE".into()), "below {below}");
    }
    let unknown = moved(&web, "b", "categories/nothing", "*").await;
    assert_eq!(unknown.reason(), "FIELD_INVALID");
    assert!(unknown.text().contains("\"field\":\"parent\""), "{}", unknown.text());
    let stale = moved(&web, "b", "categories/d", "\"x-1\"").await;
    let answer = (stale.status, stale.reason());
    assert_eq!(answer, (StatusCode::PRECONDITION_FAILED, "ETAG_MISMATCH".into()));
    let done = moved(&web, "b", "categories/d", "*").await;
    assert_eq!(done.json()["parent"], "categories/d", "{}", done.text());
    let top = moved(&web, "b", "", "*").await;
    assert_eq!(top.json()["parent"], "", "{}", top.text());
    assert_eq!(web.get("/v1/categories/c").await.json()["parent"], "categories/b", "it came along");
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_numbers_of_a_category_tell_the_public_nothing_of_drafts() {
    let shop = Shop::open().await;
    let editor = &shop.people.editor;
    editor.categories().create_category(category("kitchen", "")).await.unwrap();
    for id in ["mug", "pot", "pan"] {
        let mut wish = create(id, id);
        wish.product.as_mut().unwrap().categories = vec!["categories/kitchen".into()];
        editor.products().create_product(wish).await.unwrap();
    }
    let publish = PublishProductRequest { name: "products/mug".into(), ..Default::default() };
    editor.products().publish_product(publish).await.unwrap();
    let (public, staff) = (shop.web(), shop.web().with_token(shop.people.viewer.token()));
    let numbers = async |web: &Web, view: &str| {
        let list = web.get(&format!("/v1/categories{view}")).await.json();
        let number = |name: &str| list["categories"][0]["productCount"][name].as_i64();
        (number("own"), number("subtree"))
    };
    let counted = "?view=CATEGORY_VIEW_COUNTED";
    assert_eq!(numbers(&public, counted).await, (Some(1), Some(1)));
    assert_eq!(numbers(&staff, counted).await, (Some(3), Some(3)));
    assert_eq!(numbers(&staff, "").await, (None, None), "only when asked for");
    shop.close().await;
}

/// Somebody signed in by the form.
async fn signed_in(shop: &Shop, login: &str) -> Visitor {
    Visitor::signed_in(shop.web(), login, PASSWORD).await
}

/// The first form of a page whose action holds this.
fn form(page: &Answer, part: &str) -> Form {
    let mut all = Form::all(page.text()).into_iter();
    all.find(|form| form.action.contains(part))
        .unwrap_or_else(|| panic!("no form to `{part}`: {}", page.text()))
}

/// The id of a category that a page links to by its title.
fn id_of(page: &Answer, title: &str) -> String {
    let before = page.text().split(&format!("\">{title}</a>")).next().unwrap().to_owned();
    before.rsplit("/admin/categories/").next().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_tree_is_kept_by_forms() {
    let shop = Shop::open().await;
    let mut grace = signed_in(&shop, "grace@shelf.example").await;
    let empty = grace.open("/admin/categories").await;
    assert!(empty.text().contains("There are no categories yet."), "{}", empty.text());
    let nameless = grace.submit(&Form::of(&empty, "/admin/categories")).await;
    assert_eq!(nameless.status, StatusCode::UNPROCESSABLE_ENTITY);
    let kitchen = Form::of(&nameless, "/admin/categories").with("title", "Kitchen");
    let added = grace.follow(&kitchen).await;
    assert!(added.text().contains("Kitchen added."), "{}", added.text());
    let kitchen = id_of(&added, "Kitchen");
    let below = format!("categories/{kitchen}");
    let mugs = Form::of(&added, "/admin/categories").with("title", "Mugs").with("parent", &below);
    let added = grace.follow(&mugs).await;
    let mugs = id_of(&added, "Mugs");
    let mut wish = create("mug", "Enamel mug");
    wish.product.as_mut().unwrap().categories = vec![format!("categories/{mugs}")];
    shop.people.editor.products().create_product(wish).await.unwrap();
    let tree = grace.open("/admin/categories").await;
    assert!(tree.text().contains("0 products, 1 with those below"), "{}", tree.text());

    kitchen_is_renamed(&shop, &mut grace, &kitchen, &mugs).await;
    mugs_are_moved_and_back(&shop, &mut grace, &mugs, &below).await;
    mugs_are_deleted_when_empty(&shop, &mut grace, &mugs).await;

    let mut linus = signed_in(&shop, "linus@shelf.example").await;
    let seen = linus.open(&format!("/admin/categories/{kitchen}")).await;
    assert_eq!(seen.status, StatusCode::OK);
    let page = grace.open(&format!("/admin/categories/{kitchen}")).await;
    assert_eq!(linus.submit(&form(&page, "/save")).await.status, StatusCode::FORBIDDEN);
    shop.close().await;
}

async fn kitchen_is_renamed(shop: &Shop, grace: &mut Visitor, kitchen: &str, mugs: &str) {
    let page = grace.open(&format!("/admin/categories/{kitchen}")).await;
    assert!(page.text().contains("when nothing stands in it"), "{}", page.text());
    let choices = page.text().split("name=\"parent\"").nth(1).unwrap().split("</select>").next();
    assert!(!choices.unwrap().contains(mugs), "not below itself");
    let circle = form(&page, "/move").with("parent", &format!("categories/{mugs}"));
    let refused = grace.submit(&circle).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text().contains("cannot stand below itself"), "{}", refused.text());
    let renamed = form(&page, "/save").with("title", "Cooking").with("slug", "cooking");
    let renamed = grace.follow(&renamed).await;
    assert!(renamed.text().contains("Cooking saved."), "{}", renamed.text());
    assert_eq!(shop.web().get("/c/cooking").await.status, StatusCode::OK);
    let stale =
        grace.submit(&form(&page, "/save").with("title", "Eating").with("request_id", "r-2")).await;
    assert_eq!(stale.status, StatusCode::CONFLICT);
    assert!(stale.text().contains("It is now Cooking, at /c/cooking, below the top."));
    assert_eq!(form(&stale, "/save").value("title"), "Eating", "what was typed is kept");
}

async fn mugs_are_moved_and_back(shop: &Shop, grace: &mut Visitor, mugs: &str, below: &str) {
    let page = grace.open(&format!("/admin/categories/{mugs}")).await;
    let top = grace.follow(&form(&page, "/move").with("parent", "")).await;
    assert!(top.text().contains("Mugs moved."), "{}", top.text());
    let parent =
        async || shop.web().get(&format!("/v1/categories/{mugs}")).await.json()["parent"].clone();
    assert_eq!(parent().await, "");
    grace.follow(&form(&top, "/move?parent=")).await;
    assert_eq!(parent().await, below, "undone");
}

async fn mugs_are_deleted_when_empty(shop: &Shop, grace: &mut Visitor, mugs: &str) {
    let hidden = grace.open(&format!("/admin/categories/{mugs}/delete")).await;
    assert_eq!(hidden.status, StatusCode::SEE_OTHER, "a product stands in it");
    let forced = Form { action: format!("/admin/categories/{mugs}/delete"), fields: Vec::new() };
    let forced = grace.submit(&forced).await;
    assert_eq!(forced.status, StatusCode::CONFLICT);
    assert!(forced.text().contains("Something still stands in this category."));
    let delete = DeleteProductRequest { name: "products/mug".into(), ..Default::default() };
    shop.people.editor.products().delete_product(delete).await.unwrap();
    let asked = grace.open(&format!("/admin/categories/{mugs}/delete")).await;
    let gone = grace.follow(&form(&asked, "/delete")).await;
    assert!(gone.text().contains("The category was deleted."), "{}", gone.text());
    assert!(!gone.text().contains(mugs));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_shop_says_where_a_page_stands() {
    let shop = Shop::open().await;
    let editor = &shop.people.editor;
    for (id, parent) in [("a", ""), ("b", "categories/a"), ("c", "categories/b")] {
        editor.categories().create_category(category(id, parent)).await.unwrap();
    }
    let mut wish = create("mug", "Enamel </script> mug");
    let product = wish.product.as_mut().unwrap();
    (product.categories, product.slug) = (vec!["categories/c".into()], "mug".into());
    editor.products().create_product(wish).await.unwrap();
    let publish = PublishProductRequest { name: "products/mug".into(), ..Default::default() };
    editor.products().publish_product(publish).await.unwrap();
    for (path, links, steps) in [
        ("/p/mug", vec!["/", "/c/the-a", "/c/the-b", "/c/the-c"], 5),
        ("/c/the-c", vec!["/", "/c/the-a", "/c/the-b"], 4),
        ("/c/the-a", vec!["/"], 2),
    ] {
        let page = shop.web().get(path).await;
        let crumbs = page.text().split("class=\"crumbs\"").nth(1).unwrap();
        let crumbs = crumbs.split("</ol>").next().unwrap().split("href=\"").skip(1);
        let crumbs: Vec<_> = crumbs.map(|rest| rest.split('"').next().unwrap()).collect();
        assert_eq!(crumbs, links, "{path}");
        let data = page.text().split("application/ld+json\">").skip(1);
        let data = data.map(|rest| rest.split("</script>").next().unwrap());
        let data = data.map(|json| serde_json::from_str::<serde_json::Value>(json).unwrap());
        let trail = data.into_iter().find(|one| one["@type"] == "BreadcrumbList").unwrap();
        assert_eq!(trail["itemListElement"].as_array().unwrap().len(), steps, "{path}");
    }
    let rail = shop.web().get("/c/the-c").await;
    let rail = rail.text().split("id=\"rail-title\"").nth(1).unwrap().split("</nav>").next();
    let rail = rail.unwrap();
    assert!(
        rail.contains("/c/the-c\" aria-current=\"page\""),
        "the open branch to its end: {rail}"
    );
    assert_eq!(rail.matches("<ul").count(), rail.matches("</ul>").count(), "{rail}");
    shop.close().await;
}
