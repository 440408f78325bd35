//! `shelf load`: real files into a real shop, with their faults.

use prost_types::FieldMask;
use proto::{
    access::{ApiKey, CreateApiKeyRequest, Role},
    catalog::{
        BatchGetProductsRequest, DeleteProductRequest, GetProductRequest, ListProductsRequest,
        Product, UpdateProductRequest,
    },
};
use secrecy::SecretString;
use serde_json::json;
use shelf::{
    config::LoadSettings,
    load::{self, Error, Outcome, Source},
};
use tests::{people::Person, shop::Shop};

/// Loads a file as somebody, and answers what became of it and what was reported.
async fn load(shop: &Shop, person: &Person, text: &str) -> (Result<Outcome, Error>, String) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("products.jsonl");
    std::fs::write(&file, text).unwrap();
    let settings = LoadSettings {
        source: Source::File(file),
        catalog: shop.catalog(),
        token: SecretString::from(person.token().to_owned()),
    };
    let mut faults = Vec::new();
    let outcome = load::run(&settings, &mut faults).await;
    (outcome, String::from_utf8(faults).unwrap())
}

fn line(id: usize) -> String {
    let product =
        json!({ "title": format!("Product {id}"), "variants": [{ "sku": format!("s-{id}") }] });
    format!("{}\n", json!({ "productId": format!("p{id}"), "product": product }))
}

async fn total(shop: &Shop) -> i32 {
    let all = ListProductsRequest { show_deleted: true, ..Default::default() };
    shop.people.viewer.products().list_products(all).await.unwrap().into_inner().total_size
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_loaded_with_an_api_key_in_the_keys_name() {
    let shop = Shop::open().await;
    let key = ApiKey {
        display_name: "Nightly import".into(),
        role: Role::Editor.into(),
        ..Default::default()
    };
    let request = CreateApiKeyRequest { api_key: Some(key), ..Default::default() };
    let key = shop.people.admin.api_keys().create_api_key(request).await.unwrap().into_inner();
    let program = Person::with_token(shop.channel(), key.secret);
    let (loaded, faults) = load(&shop, &program, &line(1)).await;
    assert_eq!((loaded.unwrap().loaded, faults.as_str()), (1, ""));
    let get = GetProductRequest { name: "products/p1".into(), ..Default::default() };
    let product = shop.people.viewer.products().get_product(get).await.unwrap().into_inner();
    assert_eq!(product.update_actor.unwrap().display_name, "Nightly import");
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_loaded_once_and_again_changes_nothing() {
    let shop = Shop::open().await;
    let editor = &shop.people.editor;
    let text: String = (0..1_234).map(line).collect();
    let (first, faults) = load(&shop, editor, &text).await;
    let first = first.unwrap();
    assert_eq!((first, faults.as_str()), (Outcome { loaded: 1_234, present: 0, faulty: 0 }, ""));

    let edited = UpdateProductRequest {
        product: Some(Product {
            name: "products/p7".into(),
            title: "Edited".into(),
            ..Default::default()
        }),
        update_mask: Some(FieldMask { paths: vec!["title".into()] }),
        ..Default::default()
    };
    editor.products().update_product(edited).await.unwrap();
    let deleted = DeleteProductRequest { name: "products/p8".into(), ..Default::default() };
    editor.products().delete_product(deleted).await.unwrap();

    let (again, faults) = load(&shop, editor, &text).await;
    let again = again.unwrap();
    assert_eq!((again, faults.as_str()), (Outcome { loaded: 0, present: 1_234, faulty: 0 }, ""));
    assert_eq!(again.sentence(), "nothing changed: all 1234 products were there already");
    assert_eq!(total(&shop).await, 1_234);
    let names = vec!["products/p7".into(), "products/p8".into()];
    let kept = BatchGetProductsRequest { names, ..Default::default() };
    let kept = editor.products().batch_get_products(kept).await.unwrap().into_inner().products;
    assert_eq!(kept[0].title, "Edited", "what was edited since is left alone");
    assert!(kept[1].delete_time.is_some(), "what was deleted since stays deleted");
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn faulty_lines_are_reported_and_the_rest_goes_on() {
    let shop = Shop::open().await;
    let mut lines: Vec<String> = (0..600).map(line).collect();
    lines[3] = "{\"productId\":\"x\",\n".into();
    lines[10] =
        "{\"productId\":\"y\",\"product\":{\"title\":\"\",\"slug\":\"NO\",\"brand\":\"ok\"}}\n"
            .into();
    lines[11] = "{\"product\":{\"title\":\"No id\"}}\n".into();
    lines[20] =
        "{\"productId\":\"z\",\"product\":{\"title\":\"Z\",\"variants\":[{\"sku\":\"s-5\"}]}}\n"
            .into();
    lines[21] = "{\"productId\":\"g\",\"product\":{\"title\":\"G\",\"variants\":[{\"gtins\":[\"4006381333932\"]}]}}\n".into();
    lines[550] = "{\"productId\":\"q\",\"product\":{\"colour\":\"red\"}}\n".into();
    let (outcome, faults) = load(&shop, &shop.people.editor, &lines.concat()).await;
    assert_eq!(outcome.unwrap(), Outcome { loaded: 594, present: 0, faulty: 6 }, "{faults}");
    for start in [
        "line 4: ",
        "line 11: product.title: ",
        "line 11: product.slug: ",
        "line 12: product_id: ",
        "line 21: ",
        "line 22: product.variants[0].gtins[0]: ",
        "line 551: ",
    ] {
        assert!(faults.lines().any(|line| line.starts_with(start)), "`{start}`: {faults}");
    }
    assert!(faults.contains("s-5") && faults.contains("colour"), "{faults}");
    assert_eq!(total(&shop).await, 594);
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_loads_without_the_editors_role() {
    let shop = Shop::open().await;
    let text: String = (0..3).map(line).collect();
    let (refused, _) = load(&shop, &shop.people.viewer, &text).await;
    assert!(refused.unwrap_err().to_string().contains("refused"));
    let stranger = Person::with_token(shop.channel(), "A".repeat(43));
    assert!(load(&shop, &stranger, &text).await.0.is_err());
    assert_eq!(total(&shop).await, 0);
    shop.close().await;
}
