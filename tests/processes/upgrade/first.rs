//! The first version's database, what that version answered from it, and whether today's answers are the same.

use std::{
    fs::File,
    io,
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::Arc,
};

use catalog_service::{Settings, clock::ManualClock, server};
use flate2::read::GzDecoder;
use prost::Message;
use prost_reflect::DynamicMessage;
use proto::{
    access::{ListUsersRequest, ListUsersResponse},
    catalog::{
        BatchCreateProductsRequest, GetShopRequest, ListCategoriesRequest, ListCategoriesResponse,
        ListProductRevisionsRequest, ListProductRevisionsResponse, ListProductsRequest,
        ListProductsResponse, Product, ProductRevision, ResolveSlugRequest, RollbackProductRequest,
        SearchProductsRequest, Shop, UpdateProductRequest,
    },
};
use serde_json::Value;
use tests::{errors::reason, pair::channel, people::Person, process::PATIENCE};
use tokio::{task::JoinHandle, time::timeout};
use tokio_util::sync::CancellationToken;

const DATABASE: &[u8] = include_bytes!("../../databases/first.db.gz");
const ANSWERS: &str = include_str!("../../databases/first.json");

/// Puts the database into a folder, as `shelf.db`.
pub(super) fn unpack(folder: &Path) -> PathBuf {
    let file = folder.join("shelf.db");
    io::copy(&mut GzDecoder::new(DATABASE), &mut File::create(&file).unwrap()).unwrap();
    file
}

/// A value of the contract, from its JSON. A field that the contract does not know any more is a fault.
fn message<T: Message + Default>(name: &str, json: &Value) -> T {
    let package = if name.contains("User") { "access" } else { "catalog" };
    let name = format!("shelf.{package}.v1.{name}");
    let descriptor = proto::descriptor_pool().get_message_by_name(&name).expect("a message");
    let read = DynamicMessage::deserialize(descriptor, json);
    read.unwrap_or_else(|error| panic!("{name}: {error}: {json}")).transcode_to().unwrap()
}

/// What the first version was asked, and answered.
fn kept<Q: Message + Default, A: Message + Default>(key: &str, names: [&str; 2]) -> (Q, A) {
    let answers: Value = serde_json::from_str(ANSWERS).unwrap();
    let kept = &answers[key];
    (message(names[0], &kept["request"]), message(names[1], &kept["answer"]))
}

/// Today's service on a database of then, and at the time of then: neither has anything expired nor is anything purged.
pub(super) struct Service {
    ada: Person,
    anyone: Person,
    shutdown: CancellationToken,
    served: JoinHandle<()>,
}

impl Service {
    /// Opens a database, and signs in with a password of then.
    pub(super) async fn open(file: &Path) -> Self {
        let answers: Value = serde_json::from_str(ANSWERS).unwrap();
        let mut settings = Settings::new(format!("sqlite:{}", file.display()));
        settings.limits.disk.ballast = 0;
        let instance = server::open_with_clock(settings, Arc::new(clock(&answers))).await;
        let bound = instance.expect("an upgrade").bind().await.expect("a free port");
        let address: SocketAddr = bound.local_addr();
        let shutdown = CancellationToken::new();
        let served = tokio::spawn(bound.serve(shutdown.clone()));
        let anyone = Person::anyone(channel(address));
        let token = answers["token"].as_str().expect("a session's token");
        let ada = Person::with_token(channel(address), token);
        Self { ada, anyone, shutdown, served }
    }

    /// Stops it.
    pub(super) async fn stop(self) {
        self.shutdown.cancel();
        self.served.await.unwrap();
    }

    /// Asserts that all answers are those of the first version, and that everybody still signs in.
    pub(super) async fn check(&self) {
        for (key, person) in [("products", &self.ada), ("public", &self.anyone)] {
            let names = ["ListProductsRequest", "ListProductsResponse"];
            let (asked, then): (ListProductsRequest, ListProductsResponse) = kept(key, names);
            let now = person.products().list_products(asked).await.unwrap().into_inner();
            assert!(then.products.len() > 1);
            assert_eq!(now.products, then.products, "{key}");
        }
        let names = ["ListCategoriesRequest", "ListCategoriesResponse"];
        let (asked, then): (ListCategoriesRequest, ListCategoriesResponse) =
            kept("categories", names);
        let now = self.anyone.categories().list_categories(asked).await.unwrap().into_inner();
        assert_eq!(now.categories, then.categories);
        let (asked, then): (GetShopRequest, Shop) = kept("shop", ["GetShopRequest", "Shop"]);
        assert_eq!(self.anyone.shop().get_shop(asked).await.unwrap().into_inner(), then);
        let names = ["ListUsersRequest", "ListUsersResponse"];
        let (asked, then): (ListUsersRequest, ListUsersResponse) = kept("users", names);
        let now = self.ada.users().list_users(asked).await.unwrap().into_inner();
        assert_eq!(now.users, then.users);
        self.check_histories().await;
        self.check_repeated_requests().await;
        for person in ["ada", "eddi", "vera"] {
            self.anyone.sign_in(&format!("{person}@shop.example")).await.unwrap();
        }
    }

    async fn check_histories(&self) {
        for product in ["mug", "vase", "chair", "plate-3"] {
            let names = ["ListProductRevisionsRequest", "ListProductRevisionsResponse"];
            let (asked, then): (ListProductRevisionsRequest, ListProductRevisionsResponse) =
                kept(&format!("revisions of {product}"), names);
            let now = self.revisions(asked).await;
            assert_eq!(now, then.product_revisions, "{product}");
        }
        let parent = "products/-".to_owned();
        let all = ListProductRevisionsRequest { parent, page_size: 1_000, ..Default::default() };
        let by_all = self.revisions(all).await;
        let actors: Vec<_> = by_all.iter().filter_map(|one| one.actor.as_ref()).collect();
        assert!(actors.len() > 60 && actors.iter().all(|actor| actor.display_name == "Ada"));
    }

    async fn revisions(&self, asked: ListProductRevisionsRequest) -> Vec<ProductRevision> {
        let answer = self.ada.products().list_product_revisions(asked).await.unwrap();
        answer.into_inner().product_revisions
    }

    async fn check_repeated_requests(&self) {
        let names = ["UpdateProductRequest", "Product"];
        let (asked, then): (UpdateProductRequest, Product) = kept("repeated", names);
        let mut products = self.ada.products();
        let now = products.update_product(asked.clone()).await.unwrap().into_inner();
        assert_eq!(now, then, "answered as it was, not done again");
        let mut other = asked;
        other.product.as_mut().unwrap().brand = "Another".into();
        assert_eq!(reason(&products.update_product(other).await.unwrap_err()), "REQUEST_ID_REUSED");
        let another =
            BatchCreateProductsRequest { request_id: "first-batch".into(), ..Default::default() };
        let refused = products.batch_create_products(another).await.unwrap_err();
        assert_ne!(reason(&refused), "", "{refused}");
    }

    /// Goes on with what was there, by what the first version did not have.
    pub(super) async fn go_on(&self) {
        self.find("enamel mug", "products/mug").await;
        self.find("MUG-GREEN", "products/mug").await;
        self.find("folding", "products/chair").await;
        let mut products = self.ada.products();
        let moved = Product {
            name: "products/mug".into(),
            slug: "mug-of-enamel".into(),
            ..Default::default()
        };
        let update = UpdateProductRequest { product: Some(moved), ..Default::default() };
        products.update_product(update).await.unwrap();
        let old = ResolveSlugRequest { slug: "mug".into() };
        let led = self.anyone.products().resolve_slug(old).await.unwrap().into_inner();
        assert_eq!((led.product.as_str(), led.slug.as_str()), ("products/mug", "mug-of-enamel"));
        let name = "products/mug/revisions/1".to_owned();
        let back = RollbackProductRequest { name, ..Default::default() };
        let back = products.rollback_product(back).await.unwrap().into_inner();
        assert_eq!((back.title.as_str(), back.brand.as_str()), ("Enamel mug", "Émaillerie"));
    }

    /// Searches until the index has all that was there.
    async fn find(&self, query: &str, product: &str) {
        let request = SearchProductsRequest { query: query.into(), ..Default::default() };
        let searched = timeout(PATIENCE, async {
            loop {
                let found = self.anyone.products().search_products(request.clone()).await.unwrap();
                let found = found.into_inner();
                if !found.incomplete {
                    return found;
                }
            }
        });
        let found = searched.await.expect("an index");
        let first = found.results.first().and_then(|one| one.product.as_ref());
        assert_eq!(first.map(|one| one.name.as_str()), Some(product), "{query}");
    }
}

/// Stands where the first version stopped.
fn clock(answers: &Value) -> ManualClock {
    let products = answers["products"]["answer"]["products"].as_array().expect("products");
    let last = products.iter().filter_map(|product| product["updateTime"].as_str()).max();
    ManualClock::at(last.expect("a time").parse().expect("a time"))
}
