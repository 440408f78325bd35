//! Many products by one form, without JavaScript: done once however often it is sent, and in part when a part is refused.

use http::StatusCode;
use proto::catalog::{GetProductRequest, Product, UpdateProductRequest, product::State};
use tests::{
    forms::{Form, Visitor},
    goods::create,
    people::{PASSWORD, Person},
    shop::Shop,
};

async fn signed_in(shop: &Shop) -> Visitor {
    let mut visitor = Visitor::new(shop.web());
    let page = visitor.open("/admin/sign-in").await;
    let form = Form::of(&page, "/admin/sign-in")
        .with("login", "grace@shelf.example")
        .with("password", PASSWORD);
    visitor.follow(&form).await;
    visitor
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
