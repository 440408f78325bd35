//! What the use cases add to the store: permission, sizes, and errors that name their reason.

use std::sync::Arc;

use super::*;
use crate::{
    clock::SystemClock,
    config::Limits,
    disk::SystemDisk,
    domain::{
        Caller, CategoryId, Image, NewProduct, PageRequest, ProductAction, ProductChange,
        ProductField, ProductFields, ProductId, Refusal, Role, View, Write,
    },
    store,
};

async fn catalog() -> Catalog {
    let (disk, limits) = (Arc::new(SystemDisk), &Limits::default());
    let store = store::open("sqlite::memory:", Arc::new(SystemClock), disk, limits).await.unwrap();
    let search = Search::start(Arc::clone(&store));
    Catalog::new(store, search, Arc::new(SystemClock))
}

fn id(id: &str) -> ProductId {
    ProductId::parse(id).unwrap()
}

fn new(name: &str) -> NewProduct {
    let fields = ProductFields { title: name.into(), ..ProductFields::default() };
    NewProduct { id: Some(id(name)), fields, variants: Vec::new() }
}

fn editor() -> Write {
    Write::by(Caller { role: Role::Editor, ..Caller::system() })
}

#[tokio::test]
async fn a_draft_is_to_the_public_as_if_it_were_not_there() {
    let catalog = catalog().await;
    catalog.create_product(editor(), new("kettle")).await.unwrap();
    let viewer = Caller { role: Role::Viewer, ..Caller::system() };
    catalog.product(&viewer, &id("kettle"), View::Basic).await.unwrap();
    let hidden = catalog.product(&Caller::anyone(), &id("kettle"), View::Basic).await;
    let missing = catalog.product(&Caller::anyone(), &id("nothing"), View::Basic).await;
    for (answer, name) in [(hidden, "products/kettle"), (missing, "products/nothing")] {
        let Err(Error::Refused(refusal)) = answer else { panic!("found") };
        assert_eq!(refusal, Refusal::NotFound { name: name.into() });
    }
}

#[tokio::test]
async fn only_staff_may_ask_for_deleted_products() {
    let catalog = catalog().await;
    let list = || ProductList { show_deleted: true, ..ProductList::default() };
    let page = || PageRequest::new(0, None);
    let public = catalog.list_products(&Caller::anyone(), list(), View::Basic, page()).await;
    assert!(matches!(public, Err(Error::RoleMissing("show_deleted"))));
    catalog.list_products(&Caller::system(), list(), View::Basic, page()).await.unwrap();
}

#[tokio::test]
async fn a_faulty_filter_or_order_is_told_before_anything_is_read() {
    let catalog = catalog().await;
    let page = || PageRequest::new(0, None);
    let list = ProductList { filter: "price <", ..ProductList::default() };
    let answer = catalog.list_products(&Caller::anyone(), list, View::Basic, page()).await;
    assert!(matches!(answer, Err(Error::Filter(error)) if error.column == 8));
    let list = ProductList { order_by: "name", ..ProductList::default() };
    let answer = catalog.list_products(&Caller::anyone(), list, View::Basic, page()).await;
    assert!(matches!(answer, Err(Error::Order(error)) if error.column == 1));
}

#[tokio::test]
async fn a_batch_has_at_most_500_items() {
    let catalog = catalog().await;
    let products = |count: usize| (0..count).map(|number| new(&format!("p{number}"))).collect();
    let large = catalog.create_products(editor(), products(501)).await;
    assert!(matches!(large, Err(Error::BatchTooLarge { given: 501, most: 500 })));
    catalog.create_products(editor(), products(500)).await.unwrap();
    let ids: Vec<_> = (0..501).map(|number| id(&format!("p{number}"))).collect();
    let large = catalog.products(&Caller::system(), &ids, View::Basic).await;
    assert!(matches!(large, Err(Error::BatchTooLarge { .. })));
}

#[tokio::test]
async fn missing_items_of_a_batch_are_named_by_their_index() {
    let catalog = catalog().await;
    catalog.create_product(editor(), new("kettle")).await.unwrap();
    let ids = [id("nothing"), id("kettle"), id("nowhere")];
    let answer = catalog.products(&Caller::system(), &ids, View::Basic).await;
    let Err(Error::Batch(items)) = answer else { panic!("found") };
    assert_eq!(items.iter().map(|(index, _)| *index).collect::<Vec<_>>(), [0, 2]);
}

#[tokio::test]
async fn a_single_write_is_refused_without_an_index_and_a_batch_of_one_with_it() {
    let catalog = catalog().await;
    let change = || ProductChange { id: id("kettle"), etag: None, action: ProductAction::Delete };
    let single = catalog.change_product(editor(), change()).await;
    assert!(matches!(single, Err(Error::Refused(Refusal::NotFound { .. }))));
    let batch = catalog.change_products(editor(), vec![change()]).await;
    assert!(matches!(batch, Err(Error::Batch(items)) if items[0].0 == 0));
}

#[tokio::test]
async fn pictures_from_elsewhere_are_refused_however_they_come() {
    let catalog = catalog().await.with_picture_host(Some("pictures.example"));
    let pictured = |id: &str, uris: &[&str]| {
        let image = |uri: &&str| Image { uri: (*uri).into(), alternative_text: String::new() };
        let mut product = new(id);
        product.fields.images = uris.iter().map(image).collect();
        product
    };
    let own = || pictured("kettle", &["/pictures/a.svg", "https://pictures.example/a.png"]);
    let foreign = || pictured("pot", &["/pictures/a.svg", "https://elsewhere.example/a.png"]);
    let named = |refusal: &Refusal| {
        let Refusal::Invalid(violations) = refusal else { panic!("not invalid: {refusal:?}") };
        let [one] = violations.as_slice() else { panic!("not one: {violations:?}") };
        assert_eq!(one.field, "product.images[1].uri");
        assert!(one.description.contains("https://pictures.example/"), "{one:?}");
    };
    let single = catalog.create_product(editor(), foreign()).await;
    let Err(Error::Refused(refusal)) = single else { panic!("created") };
    named(&refusal);
    let batch = catalog.create_products(editor(), vec![own(), foreign()]).await;
    let Err(Error::Batch(items)) = batch else { panic!("created") };
    assert_eq!(items.iter().map(|(index, _)| *index).collect::<Vec<_>>(), [1]);
    named(&items[0].1);
    catalog.create_product(editor(), own()).await.unwrap();
    let change = |fields: ProductFields| {
        let mask = [ProductField::Images].into_iter().collect();
        let action = ProductAction::Update { fields: Box::new(fields), mask };
        ProductChange { id: id("kettle"), etag: None, action }
    };
    let single = catalog.change_product(editor(), change(foreign().fields)).await;
    let Err(Error::Refused(refusal)) = single else { panic!("changed") };
    named(&refusal);
    catalog.change_product(editor(), change(own().fields)).await.unwrap();
}

#[tokio::test]
async fn unknown_categories_are_told_along_with_pictures_from_elsewhere() {
    let catalog = catalog().await;
    let image =
        Image { uri: "https://elsewhere.example/a.png".into(), alternative_text: String::new() };
    let mut pictured = new("kettle");
    pictured.fields.images = vec![image];
    let mut placed = new("pot");
    placed.fields.categories = vec![CategoryId::parse("none").unwrap()];
    let mut both = new("cup");
    both.fields.images.clone_from(&pictured.fields.images);
    both.fields.categories.clone_from(&placed.fields.categories);
    let told = |refusal: &Refusal| {
        let Refusal::Invalid(violations) = refusal else { panic!("not invalid: {refusal:?}") };
        violations.iter().map(|one| one.field.clone()).collect::<Vec<_>>()
    };
    let (picture, category) = ("product.images[0].uri", "product.categories[0]");
    let single = catalog.create_product(editor(), both.clone()).await;
    let Err(Error::Refused(refusal)) = single else { panic!("created") };
    assert_eq!(told(&refusal), [picture, category]);
    let batch = vec![new("jug"), pictured, placed, both];
    let Err(Error::Batch(items)) = catalog.create_products(editor(), batch).await else {
        panic!("created")
    };
    let items: Vec<_> = items.iter().map(|(index, refusal)| (*index, told(refusal))).collect();
    let expected = [
        (1, vec![picture.to_owned()]),
        (2, vec![category.to_owned()]),
        (3, vec![picture.to_owned(), category.to_owned()]),
    ];
    assert_eq!(items, expected);
}
