//! Many products by one form, without JavaScript: done once however often it is sent, and in part when a part is refused.

use http::StatusCode;
use proto::catalog::{
    BatchCreateProductsRequest, GetProductRequest, ListProductsRequest, Product, ProductView,
    SearchProductsRequest, Shop as Settings, UndeleteProductRequest, UpdateProductRequest,
    UpdateShopRequest, product::State, shop::PriceRounding,
};
use tests::{
    forms::{Form, Visitor},
    goods::create,
    people::{PASSWORD, Person},
    shop::Shop,
    web::Answer,
};

async fn signed_in(shop: &Shop) -> Visitor {
    Visitor::signed_in(shop.web(), "grace@shelf.example", PASSWORD).await
}

async fn product(person: &Person, id: &str) -> Product {
    let get = GetProductRequest { name: format!("products/{id}"), ..Default::default() };
    person.products().get_product(get).await.unwrap().into_inner()
}

/// The list's form about these products, as they are now.
async fn about(visitor: &mut Visitor, editor: &Person, verb: &str, ids: &[&str]) -> Form {
    let page = visitor.open("/admin/products").await;
    // The message above the list has a form to the same address, which says what it undoes.
    let is_the_lists = |form: &Form| {
        form.action == "/admin/bulk" && form.fields.iter().all(|(name, _)| name != "do")
    };
    let mut form = Form::all(page.text()).into_iter().find(is_the_lists).expect("the list's form");
    form.fields.push(("do".into(), verb.into()));
    for id in ids {
        form.fields.push(("item".into(), format!("{id} {}", product(editor, id).await.etag)));
    }
    form
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_about_many_products_has_one_effect_however_often_it_is_sent() {
    let shop = Shop::open().await;
    let editor = &shop.people.editor;
    for id in ["a", "b"] {
        editor.products().create_product(create(id, id)).await.unwrap();
    }
    let mut grace = signed_in(&shop).await;
    let publish = about(&mut grace, editor, "publish", &["a", "b"]).await;
    let first = grace.submit(&publish).await;
    let etag = product(editor, "a").await.etag;
    let second = grace.submit(&publish).await;
    assert_eq!((first.status, second.status), (StatusCode::SEE_OTHER, StatusCode::SEE_OTHER));
    let after = product(editor, "a").await;
    assert_eq!((after.state(), after.etag), (State::Active, etag), "nothing was done twice");

    let reprice = about(&mut grace, editor, "prices", &["a", "b"]).await;
    let page = grace.submit(&reprice).await;
    let mut rule = Form::of(&page, "/admin/bulk").with("value", "50");
    rule.fields.push(("step".into(), "preview".into()));
    let page = grace.submit(&rule).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text());
    let apply = Form::all(page.text()).into_iter().find(|form| form.value("step") == "apply");
    let apply = apply.expect("the button that does it");
    assert_eq!(grace.submit(&apply).await.status, StatusCode::SEE_OTHER);
    grace.submit(&apply).await;
    let lowest = product(editor, "a").await.price_range.unwrap().lowest.unwrap();
    assert_eq!((lowest.units, lowest.nanos), (22, 350_000_000), "14.90 and a half, once");
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_refused_stays_ticked_with_its_reason_and_the_rest_is_done() {
    let shop = Shop::open().await;
    let editor = &shop.people.editor;
    for id in ["a", "b", "c"] {
        editor.products().create_product(create(id, id)).await.unwrap();
    }
    let mut grace = signed_in(&shop).await;
    let delete = about(&mut grace, editor, "delete", &["a", "b", "c"]).await;
    let changed = Product { name: "products/b".into(), brand: "New".into(), ..Product::default() };
    let changed = UpdateProductRequest { product: Some(changed), ..Default::default() };
    editor.products().update_product(changed).await.unwrap();
    let list = grace.follow(&delete).await;
    assert!(list.text().contains("2 of 3 products deleted, 1 not."), "{}", list.text());
    assert!(list.text().contains("Somebody else changed it meanwhile."));
    let undo = Form::all(list.text()).into_iter().find(|form| form.value("do") == "undelete");
    let restored = grace.follow(&undo.expect("Undo")).await;
    assert!(restored.text().contains("restored."), "{}", restored.text());
    for id in ["a", "b", "c"] {
        assert!(product(editor, id).await.delete_time.is_none(), "{id}");
    }
    shop.close().await;
}

/// So many products, `p0` and on, made by batches.
async fn many(editor: &Person, count: usize) {
    for from in (0..count).step_by(500) {
        let wish = |number: usize| create(&format!("p{number}"), &format!("Crate {number}"));
        let requests = (from..count.min(from + 500)).map(wish).collect();
        let batch = BatchCreateProductsRequest { requests, ..Default::default() };
        editor.products().batch_create_products(batch).await.unwrap();
    }
}

/// The form on the page about many products that has a field of this value.
fn form_with(page: &Answer, name: &str, value: &str) -> Form {
    let forms = Form::all(page.text()).into_iter().filter(|form| form.action == "/admin/bulk");
    let mut forms = forms.filter(|form| form.value(name) == value);
    forms.next().unwrap_or_else(|| panic!("no form with {name}={value}: {}", page.text()))
}

async fn live(person: &Person) -> i32 {
    let list = ListProductsRequest { page_size: 1, ..Default::default() };
    person.products().list_products(list).await.unwrap().into_inner().total_size
}

#[tokio::test(flavor = "multi_thread")]
async fn more_than_one_step_holds_goes_on_by_continue_and_all_of_it_is_taken_back() {
    let shop = Shop::open().await;
    let editor = &shop.people.editor;
    many(editor, 620).await;
    let mut grace = signed_in(&shop).await;
    let mut delete = about(&mut grace, editor, "delete", &[]).await;
    delete.fields.push(("all".into(), "on".into()));
    let page = grace.submit(&delete).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text());
    assert!(page.text().contains("500 of 620 products so far"), "{}", page.text());
    assert!(page.text().contains("<progress"), "{}", page.text());
    assert_eq!(live(editor).await, 120);
    let twice = grace.submit(&delete).await;
    assert!(twice.text().contains("500 of 620 products so far"), "{}", twice.text());
    assert_eq!(live(editor).await, 120, "nothing is done twice");

    let next = form_with(&twice, "do", "delete");
    let ended = grace.submit(&next).await;
    assert!(ended.text().contains("620 products deleted."), "{}", ended.text());
    assert_eq!(live(editor).await, 0);

    let again = UndeleteProductRequest { name: "products/p7".into(), ..Default::default() };
    editor.products().undelete_product(again).await.unwrap();
    let undo = form_with(&ended, "do", "undelete");
    let page = grace.submit(&undo).await;
    assert!(page.text().contains("500 of 620 products so far"), "{}", page.text());
    let ended = grace.submit(&form_with(&page, "do", "undelete")).await;
    assert!(ended.text().contains("619 of 620 products restored, 1 not."), "{}", ended.text());
    assert!(ended.text().contains("Crate 7") && ended.text().contains("Try these again"));
    assert_eq!(live(editor).await, 620);
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_about_all_that_match_says_each_time_what_its_first_sending_did() {
    let shop = Shop::open().await;
    let editor = &shop.people.editor;
    many(editor, 3).await;
    let mut grace = signed_in(&shop).await;
    for (verb, said) in [
        // Those that are published match as before, those that are deleted do not.
        ("publish", "3 products published."),
        ("delete", "3 products deleted."),
    ] {
        let mut form = about(&mut grace, editor, verb, &[]).await;
        form.fields.push(("all".into(), "on".into()));
        let mut states = Vec::new();
        for time in 1..=3 {
            let list = grace.follow(&form).await;
            assert!(list.text().contains(said), "{verb}, {time}: {}", list.text());
            states.push(product(editor, "p1").await.etag);
        }
        assert!(states.iter().all(|etag| *etag == states[0]), "{verb}: done once: {states:?}");
        if verb == "publish" {
            continue;
        }
        // What came in the meantime was not there when the form was sent first: it is left for the next step.
        editor.products().create_product(create("late", "Late")).await.unwrap();
        let page = grace.submit(&form).await;
        assert!(page.text().contains("3 of 4 products so far"), "{}", page.text());
        assert!(product(editor, "late").await.delete_time.is_none());
        let list = grace.follow(&form_with(&page, "do", "delete")).await;
        assert!(list.text().contains("4 products deleted."), "{}", list.text());
    }
    assert_eq!(live(editor).await, 0);
    // A form that was never sent finds nothing.
    let mut form = about(&mut grace, editor, "delete", &[]).await;
    form.fields.push(("all".into(), "on".into()));
    let list = grace.follow(&form).await;
    assert!(!list.text().contains("products deleted."), "{}", list.text());
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_stopped_says_what_is_done_and_can_be_gone_on_with() {
    let shop = Shop::open().await;
    let editor = &shop.people.editor;
    many(editor, 510).await;
    let mut grace = signed_in(&shop).await;
    let mut publish = about(&mut grace, editor, "publish", &[]).await;
    publish.fields.push(("all".into(), "on".into()));
    let page = grace.submit(&publish).await;
    let mut stop = form_with(&page, "do", "publish");
    let next = stop.clone();
    stop.fields.push(("stop".into(), "on".into()));
    let stopped = grace.submit(&stop).await;
    assert!(stopped.text().contains("500 of 510 products published, 10 not."));
    assert_eq!(form_with(&stopped, "do", "publish"), next, "Continue is the step that was left");
    assert_eq!(form_with(&stopped, "do", "unpublish").fields.iter().filter(is_item).count(), 500);
    let ended = grace.submit(&next).await;
    assert!(ended.text().contains("510 products published."), "{}", ended.text());
    shop.close().await;
}

fn is_item(field: &&(String, String)) -> bool {
    field.0 == "item"
}

#[tokio::test(flavor = "multi_thread")]
async fn prices_are_rounded_as_the_shop_says_however_many_they_are() {
    let shop = Shop::open().await;
    let editor = &shop.people.editor;
    many(editor, 230).await;
    let price_rounding = PriceRounding::Ending95.into();
    let settings = Settings { name: "shop".into(), price_rounding, ..Settings::default() };
    let settings = UpdateShopRequest { shop: Some(settings), ..Default::default() };
    shop.people.admin.shop().update_shop(settings).await.unwrap();
    let mut grace = signed_in(&shop).await;
    let mut reprice = about(&mut grace, editor, "prices", &[]).await;
    reprice.fields.push(("all".into(), "on".into()));
    let page = grace.submit(&reprice).await;
    assert!(page.text().contains("Changed prices are rounded to end in .95"), "{}", page.text());
    let mut rule = form_with(&page, "do", "prices").with("value", "10");
    rule.fields.push(("step".into(), "preview".into()));
    let page = grace.submit(&rule).await;
    for told in ["Of the first 200 products: 200 prices would change.", "€14.90", "€15.95"] {
        assert!(page.text().contains(told), "{told}: {}", page.text());
    }
    let apply = form_with(&page, "step", "apply");
    let page = grace.submit(&apply).await;
    assert!(page.text().contains("200 of 230 products so far"), "{}", page.text());
    let twice = grace.submit(&apply).await;
    assert!(twice.text().contains("200 of 230 products so far"), "{}", twice.text());
    let ended = grace.submit(&form_with(&page, "step", "apply")).await;
    assert!(ended.text().contains("230 products repriced."), "{}", ended.text());
    assert_eq!(prices(editor).await, vec![(15, 950_000_000); 230]);

    let mut page = grace.submit(&form_with(&ended, "do", "revert")).await;
    for so_far in ["100 of 230 products so far", "200 of 230 products so far"] {
        assert!(page.text().contains(so_far), "{}", page.text());
        page = grace.submit(&form_with(&page, "do", "revert")).await;
    }
    assert!(page.text().contains("230 products put back as before."), "{}", page.text());
    assert_eq!(prices(editor).await, vec![(14, 900_000_000); 230]);
    shop.close().await;
}

async fn prices(person: &Person) -> Vec<(i64, i32)> {
    let view = ProductView::Basic.into();
    let list = ListProductsRequest { page_size: 1_000, view, ..Default::default() };
    let products = person.products().list_products(list).await.unwrap().into_inner().products;
    let lowest = products.into_iter().map(|one| one.price_range.unwrap().lowest.unwrap());
    lowest.map(|price| (price.units, price.nanos)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn all_that_a_search_finds_are_done_and_no_other() {
    let shop = Shop::open().await;
    let editor = &shop.people.editor;
    many(editor, 3).await;
    editor.products().create_product(create("spoon", "Spoon")).await.unwrap();
    let mut grace = signed_in(&shop).await;
    let page = grace.open("/admin/products?q=crat&state=draft").await;
    assert!(page.text().contains("<mark>Crate</mark>"), "{}", page.text());
    let mut publish = form_with(&page, "return_to", "/admin/products?q=crat&state=draft");
    publish.fields.extend([("do".into(), "publish".into()), ("all".into(), "on".into())]);
    let list = grace.follow(&publish).await;
    assert!(list.text().contains("3 products published."), "{}", list.text());
    assert!(list.text().contains("Nothing was found with these filters."), "{}", list.text());
    assert!(list.text().contains("href=\"/admin/products?q=crat\""), "a way back");
    assert_eq!(product(editor, "spoon").await.state(), State::Draft);
    let found = SearchProductsRequest { query: "crate".into(), ..Default::default() };
    let found = shop.people.anyone.products().search_products(found).await.unwrap();
    assert_eq!(found.into_inner().total_size, 3);
    shop.close().await;
}
