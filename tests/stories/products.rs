//! The life of a product: created, listed, edited, published, deleted and restored, with its history.

use prost_types::FieldMask;
use proto::{
    catalog::{
        AttributeValue, DeleteProductRequest, GetProductRequest, ListProductRevisionsRequest,
        ListProductsRequest, Option as Choice, Product, ProductView, PublishProductRequest,
        UndeleteProductRequest, UnpublishProductRequest, UpdateProductRequest, Variant,
        attribute_value::Value, product::State, product_revision::Change,
    },
    google::r#type::Money,
};
use tests::{
    errors::refused,
    goods::{create, euro, variant},
    people::Person,
    shop::Shop,
};
use tonic::Code;

fn get(id: &str) -> GetProductRequest {
    GetProductRequest { name: format!("products/{id}"), ..GetProductRequest::default() }
}

fn update(product: Product, paths: &[&str]) -> UpdateProductRequest {
    let paths = paths.iter().map(|path| (*path).to_owned()).collect();
    UpdateProductRequest {
        product: Some(product),
        update_mask: Some(FieldMask { paths }),
        ..UpdateProductRequest::default()
    }
}

async fn listed(person: &Person, request: ListProductsRequest) -> Vec<String> {
    let answer = person.products().list_products(request).await.unwrap().into_inner();
    answer.products.into_iter().map(|product| product.title).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_product_is_created_listed_edited_deleted_and_restored() {
    let shop = Shop::open().await;
    let editor = &shop.people.editor;
    let created = editor.products().create_product(create("mug", "Enamel mug")).await.unwrap();
    let created = created.into_inner();
    assert_eq!(created.name, "products/mug");
    assert_eq!(created.slug, "enamel-mug");
    assert_eq!(created.state(), State::Draft);
    assert_eq!(created.variants.len(), 1, "create answers the FULL view");
    assert_eq!(created.price_range.as_ref().unwrap().lowest, Some(euro(14, 90)));
    assert!(!created.uid.is_empty() && created.etag.starts_with('"'));
    assert_eq!(listed(editor, ListProductsRequest::default()).await, ["Enamel mug"]);

    let renamed =
        Product { title: "Tin mug".into(), etag: created.etag.clone(), ..created.clone() };
    let edited = editor.products().update_product(update(renamed, &["title"])).await.unwrap();
    let edited = edited.into_inner();
    assert_eq!((edited.title.as_str(), edited.slug.as_str()), ("Tin mug", "enamel-mug"));
    assert_ne!(edited.etag, created.etag);
    assert_eq!(edited.update_actor.unwrap().display_name, "Grace");

    let delete = DeleteProductRequest {
        name: created.name.clone(),
        etag: edited.etag,
        ..Default::default()
    };
    let deleted = editor.products().delete_product(delete).await.unwrap().into_inner();
    let kept = deleted.purge_time.unwrap().seconds - deleted.delete_time.unwrap().seconds;
    assert_eq!(kept, 30 * 24 * 3600, "30 days");
    assert_eq!(deleted.delete_actor.unwrap().name, "users/grace");
    assert!(listed(editor, ListProductsRequest::default()).await.is_empty());
    let with_deleted = ListProductsRequest { show_deleted: true, ..Default::default() };
    assert_eq!(listed(editor, with_deleted).await, ["Tin mug"]);
    assert!(
        editor.products().get_product(get("mug")).await.unwrap().into_inner().delete_time.is_some()
    );

    let undelete = UndeleteProductRequest { name: created.name, ..Default::default() };
    let restored = editor.products().undelete_product(undelete).await.unwrap().into_inner();
    assert_eq!((restored.delete_time, restored.title.as_str()), (None, "Tin mug"));
    assert_eq!(listed(editor, ListProductsRequest::default()).await, ["Tin mug"]);
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_published_products_are_public() {
    let shop = Shop::open().await;
    let (editor, anyone) = (&shop.people.editor, &shop.people.anyone);
    editor.products().create_product(create("mug", "Enamel mug")).await.unwrap();
    let missing = refused(anyone.products().get_product(get("mug")).await);
    let unknown = refused(anyone.products().get_product(get("nothing")).await);
    assert_eq!(missing, (Code::NotFound, "RESOURCE_NOT_FOUND".into()));
    assert_eq!(missing, unknown, "a draft looks like nothing at all");
    assert!(listed(anyone, ListProductsRequest::default()).await.is_empty());

    let publish = PublishProductRequest { name: "products/mug".into(), ..Default::default() };
    let published = editor.products().publish_product(publish.clone()).await.unwrap().into_inner();
    assert_eq!(published.state(), State::Active);
    let again = editor.products().publish_product(publish).await.unwrap().into_inner();
    assert_eq!(again.etag, published.etag, "publishing twice changes nothing");
    let public = anyone.products().get_product(get("mug")).await.unwrap().into_inner();
    assert_eq!((public.title.as_str(), public.update_actor), ("Enamel mug", None));
    assert_eq!(listed(anyone, ListProductsRequest::default()).await, ["Enamel mug"]);

    let unpublish = UnpublishProductRequest { name: "products/mug".into(), ..Default::default() };
    editor.products().unpublish_product(unpublish).await.unwrap();
    assert_eq!(refused(anyone.products().get_product(get("mug")).await).0, Code::NotFound);
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_change_is_in_the_history_with_its_author_and_fields() {
    let shop = Shop::open().await;
    let (editor, admin) = (&shop.people.editor, &shop.people.admin);
    let created =
        editor.products().create_product(create("mug", "Enamel mug")).await.unwrap().into_inner();
    let renamed = Product { title: "Tin mug".into(), brand: "Emalia".into(), ..created.clone() };
    admin.products().update_product(update(renamed, &["title", "brand"])).await.unwrap();
    let priced = Variant { prices: variant("", euro(9, 50)).prices, ..created.variants[0].clone() };
    let priced = proto::catalog::UpdateVariantRequest {
        variant: Some(priced),
        update_mask: Some(FieldMask { paths: vec!["prices".into()] }),
        ..Default::default()
    };
    editor.variants().update_variant(priced).await.unwrap();
    let delete = DeleteProductRequest { name: created.name.clone(), ..Default::default() };
    editor.products().delete_product(delete).await.unwrap();

    let request = ListProductRevisionsRequest { parent: created.name, ..Default::default() };
    let history = shop.people.viewer.products().list_product_revisions(request).await.unwrap();
    let history = history.into_inner().product_revisions;
    let facts: Vec<(Change, String)> = history
        .iter()
        .map(|revision| (revision.change(), revision.actor.as_ref().unwrap().display_name.clone()))
        .collect();
    assert_eq!(
        facts,
        [
            (Change::Deleted, "Grace".into()),
            (Change::Updated, "Grace".into()),
            (Change::Updated, "Ada".into()),
            (Change::Created, "Grace".into()),
        ]
    );
    assert_eq!(history[2].changed_fields, ["title", "brand"]);
    assert!(
        history[1].changed_fields[0].starts_with("variants/"),
        "{:?}",
        history[1].changed_fields
    );
    assert_eq!(
        history[3].product.as_ref().unwrap().title,
        "Enamel mug",
        "a snapshot stays as it was"
    );
    assert_eq!(history[1].product.as_ref().unwrap().variants.len(), 1);
    assert_eq!(history[0].name, "products/mug/revisions/4");
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mask_changes_its_fields_only_and_a_star_replaces_all() {
    let shop = Shop::open().await;
    let editor = &shop.people.editor;
    let mut wish = create("mug", "Enamel mug");
    let product = wish.product.as_mut().unwrap();
    product.brand = "Emalia".into();
    product.tags = vec!["kitchen".into()];
    product.attributes =
        [("volume".to_owned(), AttributeValue { value: Some(Value::Number(0.35)) })].into();
    let created = editor.products().create_product(wish).await.unwrap().into_inner();

    let others = Product {
        name: created.name.clone(),
        title: "Tin mug".into(),
        brand: "Other".into(),
        ..Product::default()
    };
    let edited =
        editor.products().update_product(update(others.clone(), &["title"])).await.unwrap();
    let edited = edited.into_inner();
    assert_eq!((edited.title.as_str(), edited.brand.as_str()), ("Tin mug", "Emalia"));
    assert_eq!(edited.attributes, created.attributes);

    let replaced = editor.products().update_product(update(others.clone(), &["*"])).await.unwrap();
    let replaced = replaced.into_inner();
    assert_eq!((replaced.brand.as_str(), replaced.tags.len()), ("Other", 0));
    assert!(replaced.attributes.is_empty(), "what is not given is emptied");
    assert_eq!(replaced.uid, created.uid, "output-only fields stay");

    let set = UpdateProductRequest {
        product: Some(Product {
            title: "Pot".into(),
            name: created.name.clone(),
            ..Default::default()
        }),
        ..Default::default()
    };
    let set = editor.products().update_product(set).await.unwrap().into_inner();
    assert_eq!((set.title.as_str(), set.brand.as_str()), ("Pot", "Other"), "no mask: what is set");

    let wrong = editor.products().update_product(update(others, &["colour"])).await;
    assert_eq!(refused(wrong), (Code::InvalidArgument, "MASK_INVALID".into()));
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn variants_carry_options_codes_and_exact_prices() {
    let shop = Shop::open().await;
    let editor = &shop.people.editor;
    let mut wish = create("mug", "Enamel mug");
    let product = wish.product.as_mut().unwrap();
    product.options =
        vec![Choice { name: "Colour".into(), values: vec!["white".into(), "blue".into()] }];
    let of = |sku: &str, colour: &str, price: Money| Variant {
        option_values: vec![colour.into()],
        gtins: vec!["4006381333931".into()],
        ..variant(sku, price)
    };
    product.variants = vec![of("1004", "white", euro(14, 90)), of("1005", "blue", euro(16, 0))];
    let created = editor.products().create_product(wish).await.unwrap().into_inner();
    let range = created.price_range.unwrap();
    assert_eq!((range.lowest, range.highest), (Some(euro(14, 90)), Some(euro(16, 0))));

    let basic = GetProductRequest { view: ProductView::Basic.into(), ..get("mug") };
    let basic = editor.products().get_product(basic).await.unwrap().into_inner();
    assert!(basic.variants.is_empty(), "BASIC has no variants");
    let full = editor.products().get_product(get("mug")).await.unwrap().into_inner();
    let skus: Vec<&str> = full.variants.iter().map(|variant| variant.sku.as_str()).collect();
    assert_eq!(skus, ["1004", "1005"]);
    shop.close().await;
}
