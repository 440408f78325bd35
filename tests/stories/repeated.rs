//! The same call twice is one effect, also across a restart; a call on trial has none.

use proto::catalog::{
    DeleteProductRequest, GetProductRequest, ListProductRevisionsRequest, ListProductsRequest,
};
use tests::{errors::refused, goods::create, shop::Shop};
use tonic::Code;

#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_request_answers_the_same_and_does_nothing_twice() {
    let shop = Shop::open().await;
    let editor = &shop.people.editor;
    let wish = proto::catalog::CreateProductRequest {
        request_id: "r-1".into(),
        ..create("", "Enamel mug")
    };
    let first = editor.products().create_product(wish.clone()).await.unwrap().into_inner();
    let again = editor.products().create_product(wish.clone()).await.unwrap().into_inner();
    assert_eq!(first, again, "byte for byte the same answer");

    let other =
        proto::catalog::CreateProductRequest { request_id: "r-1".into(), ..create("", "Other") };
    let reused = refused(editor.products().create_product(other).await);
    assert_eq!(reused, (Code::InvalidArgument, "REQUEST_ID_REUSED".into()));
    let colleague =
        shop.people.admin.products().create_product(wish.clone()).await.unwrap().into_inner();
    assert_ne!(colleague.name, first.name, "ids belong to their user");

    let shop = shop.restart().await;
    let editor = &shop.people.editor;
    let after = editor.products().create_product(wish).await.unwrap().into_inner();
    assert_eq!(first, after, "also after a restart");
    let all = editor.products().list_products(ListProductsRequest::default()).await.unwrap();
    assert_eq!(all.into_inner().total_size, 2);
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sixteen_repetitions_at_once_are_one_effect() {
    let shop = Shop::open().await;
    let editor = &shop.people.editor;
    let wish = proto::catalog::CreateProductRequest {
        request_id: "r-1".into(),
        ..create("", "Enamel mug")
    };
    let calls: Vec<_> = (0..16)
        .map(|_| {
            let (mut client, wish) = (editor.products(), wish.clone());
            tokio::spawn(
                async move { client.create_product(wish).await.unwrap().into_inner().name },
            )
        })
        .collect();
    let mut names = Vec::new();
    for call in calls {
        names.push(call.await.unwrap());
    }
    names.dedup();
    assert_eq!(names.len(), 1, "{names:?}");
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_request_may_be_corrected_under_its_id() {
    let shop = Shop::open().await;
    let editor = &shop.people.editor;
    let id = "r-1".to_owned();
    let faulty =
        proto::catalog::CreateProductRequest { request_id: id.clone(), ..create("mug", "") };
    assert_eq!(refused(editor.products().create_product(faulty).await).1, "FIELD_INVALID");
    let right =
        proto::catalog::CreateProductRequest { request_id: id, ..create("mug", "Enamel mug") };
    assert_eq!(
        editor.products().create_product(right).await.unwrap().into_inner().name,
        "products/mug"
    );
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_on_trial_checks_everything_and_changes_nothing() {
    let shop = Shop::open().await;
    let editor = &shop.people.editor;
    let trial =
        proto::catalog::CreateProductRequest { validate_only: true, ..create("mug", "Enamel mug") };
    let tried = editor.products().create_product(trial.clone()).await.unwrap().into_inner();
    assert_eq!(tried.title, "Enamel mug");
    let get = GetProductRequest { name: "products/mug".into(), ..Default::default() };
    assert_eq!(refused(editor.products().get_product(get.clone()).await).0, Code::NotFound);

    editor.products().create_product(create("mug", "Enamel mug")).await.unwrap();
    assert_eq!(refused(editor.products().create_product(trial).await).1, "PRODUCT_ID_TAKEN");
    let delete = DeleteProductRequest {
        name: "products/mug".into(),
        validate_only: true,
        ..Default::default()
    };
    editor.products().delete_product(delete).await.unwrap();
    assert_eq!(editor.products().get_product(get).await.unwrap().into_inner().delete_time, None);
    let history =
        ListProductRevisionsRequest { parent: "products/mug".into(), ..Default::default() };
    let history = editor.products().list_product_revisions(history).await.unwrap().into_inner();
    assert_eq!(history.product_revisions.len(), 1);
    shop.close().await;
}
