//! A product appears and disappears by time alone: on every page, in every list, count and search, and never behind an old ETag.

use std::sync::Arc;

use catalog_service::clock::{Clock as _, ManualClock};
use http::{Method, StatusCode};
use jiff::{SignedDuration, Timestamp};
use proto::catalog::{
    Category, CreateCategoryRequest, ListProductsRequest, Product, PublishProductRequest,
    ResolveSlugRequest,
};
use tests::{
    errors::refused,
    goods::create,
    people::Person,
    shop::Shop,
    web::{Answer, Web},
};
use tonic::Code;

const HOUR: SignedDuration = SignedDuration::from_hours(1);
const STEP: SignedDuration = SignedDuration::from_micros(1);

fn wire(time: Timestamp) -> Option<prost_types::Timestamp> {
    Some(prost_types::Timestamp { seconds: time.as_second(), nanos: time.subsec_nanosecond() })
}

/// A lantern that is public between the first and the second hour from now, and a mug that always is.
async fn stocked(editor: &Person, now: Timestamp) {
    let category = Category { title: "Lights".into(), ..Default::default() };
    let category = CreateCategoryRequest {
        category_id: "lights".into(),
        category: Some(category),
        ..Default::default()
    };
    editor.categories().create_category(category).await.unwrap();
    for (id, title) in [("lantern", "Paper lantern"), ("mug", "Enamel mug")] {
        let mut wish = create(id, title);
        let product = wish.product.as_mut().unwrap();
        product.categories = vec!["categories/lights".into()];
        if id == "lantern" {
            product.publish_time = wire(now + HOUR);
            product.unpublish_time = wire(now + HOUR * 2);
        }
        editor.products().create_product(wish).await.unwrap();
        let publish =
            PublishProductRequest { name: format!("products/{id}"), ..Default::default() };
        editor.products().publish_product(publish).await.unwrap();
    }
}

/// Where the public would see the lantern among others.
const AMONG_OTHERS: [&str; 6] = [
    "/",
    "/c/lights",
    "/search?q=lantern",
    "/v1/products",
    "/v1/products:search?query=lantern",
    "/v1/categories?view=CATEGORY_VIEW_COUNTED",
];
/// Where it would see the lantern alone.
const ALONE: [&str; 3] =
    ["/p/paper-lantern", "/v1/products/lantern", "/v1/products:resolveSlug?slug=paper-lantern"];

/// What the public sees of the shop, with the ETag of each answer.
struct Seen<'w> {
    web: &'w Web,
    etags: Vec<String>,
}

impl<'w> Seen<'w> {
    async fn first(web: &'w Web) -> Self {
        let mut etags = Vec::new();
        for path in AMONG_OTHERS {
            let answer = web.get(path).await;
            assert_eq!(answer.status, StatusCode::OK, "{path}");
            etags.push(answer.header("etag").to_owned());
        }
        Self { web, etags }
    }

    async fn again(&self, path: &str, etag: &str) -> Answer {
        self.web.ask(Method::GET, path).header("if-none-match", etag).send().await
    }

    /// Nothing has changed: each answer is the one that is known.
    async fn stays(&self) {
        for (path, etag) in AMONG_OTHERS.into_iter().zip(&self.etags) {
            let answer = self.again(path, etag).await;
            assert_eq!(answer.status, StatusCode::NOT_MODIFIED, "{path}");
        }
    }

    /// The lantern has come, or gone, in each of the places.
    async fn changes(&mut self, is_there: bool) {
        for (path, etag) in AMONG_OTHERS.into_iter().zip(self.etags.clone()) {
            let answer = self.again(path, &etag).await;
            assert_eq!(answer.status, StatusCode::OK, "{path}: the known answer is old");
            if !path.contains("categories") {
                assert_eq!(answer.text().contains("paper-lantern"), is_there, "{path}");
            }
        }
        let found = if is_there { StatusCode::OK } else { StatusCode::NOT_FOUND };
        for path in ALONE {
            assert_eq!(self.web.get(path).await.status, found, "{path}");
        }
        let count = if is_there { 2 } else { 1 };
        let list = self.web.get("/v1/products").await.json();
        assert_eq!(list["totalSize"], count);
        let categories = self.web.get("/v1/categories?view=CATEGORY_VIEW_COUNTED").await.json();
        assert_eq!(categories["categories"][0]["productCount"]["own"], count);
        *self = Self::first(self.web).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_product_comes_and_goes_by_time_alone_to_the_microsecond() {
    let clock = Arc::new(ManualClock::at("2026-11-23T08:00:00Z".parse().unwrap()));
    let shop = Shop::open_at(Arc::clone(&clock) as _).await;
    stocked(&shop.people.editor, clock.now()).await;
    let web = shop.web();
    let mut seen = Seen::first(&web).await;
    for is_there in [true, false] {
        clock.advance(HOUR - STEP);
        seen.stays().await;
        for path in ALONE {
            let answer = web.get(path).await.status;
            assert_eq!(answer == StatusCode::OK, !is_there, "{path} just before");
        }
        clock.advance(STEP);
        seen.changes(is_there).await;
    }
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_see_everything_sees_what_is_not_public_yet() {
    let clock = Arc::new(ManualClock::at("2026-11-23T08:00:00Z".parse().unwrap()));
    let shop = Shop::open_at(Arc::clone(&clock) as _).await;
    stocked(&shop.people.editor, clock.now()).await;
    let all = |person: &Person| {
        let mut products = person.products();
        async move {
            let list = products.list_products(ListProductsRequest::default()).await.unwrap();
            list.into_inner()
                .products
                .iter()
                .map(|one: &Product| one.name.clone())
                .collect::<Vec<_>>()
        }
    };
    assert_eq!(all(&shop.people.viewer).await.len(), 2);
    assert_eq!(all(&shop.people.anyone).await, ["products/mug"]);
    let resolve = || ResolveSlugRequest { slug: "paper-lantern".into() };
    let hidden = shop.people.anyone.products().resolve_slug(resolve()).await;
    assert_eq!(refused(hidden), (Code::NotFound, "RESOURCE_NOT_FOUND".into()));
    let found = shop.people.viewer.products().resolve_slug(resolve()).await.unwrap();
    assert_eq!(found.into_inner().product, "products/lantern");
    shop.close().await;
}
