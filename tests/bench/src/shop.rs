//! A running service as its editor sees it: the first account, products put in and published, answers taken out.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use proto::{
    access::{
        CreateSessionRequest, GetSessionRequest, RedeemSetupTokenRequest, Session,
        session_service_client::SessionServiceClient, user_service_client::UserServiceClient,
    },
    catalog::{
        BatchCreateProductsRequest, CreateProductRequest, GetProductRequest, GetShopRequest,
        ListCategoriesRequest, ListCategoriesResponse, ListProductsRequest, ListProductsResponse,
        Product, ProductView, PublishProductRequest,
        category_service_client::CategoryServiceClient,
        product_service_client::ProductServiceClient, shop_service_client::ShopServiceClient,
    },
};
use tokio::task::JoinSet;
use tonic::{
    Request, Status,
    metadata::{Ascii, MetadataValue},
    service::{Interceptor, interceptor::InterceptedService},
    transport::{Channel, Endpoint},
};

use crate::load::CALLERS;

const LOGIN: &str = "bench@shelf.example";
const PASSWORD: &str = "a bench is not a chair";
/// The most products of one page, and of one batch.
const PAGE: i32 = 1_000;
const BATCH: usize = 500;

/// A service with the account that this run made in it.
#[derive(Clone, Debug)]
pub(crate) struct Shop {
    channel: Channel,
    editor: Editor,
}

type Products = ProductServiceClient<InterceptedService<Channel, Editor>>;

impl Shop {
    /// Makes the first account of the service at `endpoint`, by the link that it printed, and signs in.
    pub(crate) async fn open(endpoint: &Endpoint, setup_link: &str) -> Result<Self> {
        let channel = endpoint.connect().await?;
        let (_, token) =
            setup_link.split_once('#').context("the link of the first account has no token")?;
        let token = token.split_whitespace().next().unwrap_or_default();
        let redeem = RedeemSetupTokenRequest {
            token: token.to_owned(),
            login: LOGIN.to_owned(),
            password: PASSWORD.to_owned(),
            ..RedeemSetupTokenRequest::default()
        };
        UserServiceClient::new(channel.clone()).redeem_setup_token(redeem).await?;
        let sign_in =
            CreateSessionRequest { login: LOGIN.to_owned(), password: PASSWORD.to_owned() };
        let session = SessionServiceClient::new(channel.clone()).create_session(sign_in).await?;
        let bearer = format!("Bearer {}", session.into_inner().token);
        Ok(Self { channel, editor: Editor(bearer.try_into()?) })
    }

    /// What an editor's request carries as `authorization`.
    pub(crate) fn authorization(&self) -> Result<&str> {
        Ok(self.editor.0.to_str()?)
    }

    /// The token of the editor's session.
    pub(crate) fn token(&self) -> Result<&str> {
        self.authorization()?.strip_prefix("Bearer ").context("a bearer token")
    }

    /// What the editor is answered about the session.
    pub(crate) async fn session(&self) -> Result<Session> {
        let (channel, editor) = (self.channel.clone(), self.editor.clone());
        let mut sessions = SessionServiceClient::with_interceptor(channel, editor);
        let own = GetSessionRequest { name: "sessions/-".to_owned() };
        Ok(sessions.get_session(own).await?.into_inner())
    }

    /// What the editor is answered for the first page of 50, with all that there is about each product.
    pub(crate) async fn staff_page(&self) -> Result<ListProductsResponse> {
        let view = ProductView::Full.into();
        let list = ListProductsRequest { page_size: 50, view, ..ListProductsRequest::default() };
        Ok(self.products().list_products(list).await?.into_inner())
    }

    fn products(&self) -> Products {
        ProductServiceClient::with_interceptor(self.channel.clone(), self.editor.clone())
    }

    /// Creates products in batches, one after the other, and answers how long that took.
    pub(crate) async fn load(&self, requests: &[CreateProductRequest]) -> Result<Duration> {
        let batches: Vec<_> = requests.chunks(BATCH).map(|batch| batch.to_vec()).collect();
        let mut products = self.products();
        let started = Instant::now();
        for requests in batches {
            let batch =
                BatchCreateProductsRequest { requests, ..BatchCreateProductsRequest::default() };
            products.batch_create_products(batch).await?;
        }
        Ok(started.elapsed())
    }

    /// Publishes products, many at a time.
    pub(crate) async fn publish(&self, requests: &[CreateProductRequest]) -> Result<()> {
        let names: Vec<_> = requests.iter().map(name).collect();
        let mut tasks = JoinSet::new();
        for names in names.chunks(names.len().div_ceil(CALLERS).max(1)) {
            tasks.spawn(published(self.products(), names.to_vec()));
        }
        while let Some(done) = tasks.join_next().await {
            done??;
        }
        Ok(())
    }
}

/// In how many batches products are loaded.
pub(crate) fn batches(products: &[CreateProductRequest]) -> usize {
    products.len().div_ceil(BATCH)
}

/// What anyone is answered for one product.
pub(crate) async fn product(endpoint: &Endpoint, name: String) -> Result<Product> {
    let mut products = ProductServiceClient::new(endpoint.connect().await?);
    let get = GetProductRequest { name, ..GetProductRequest::default() };
    Ok(products.get_product(get).await?.into_inner())
}

/// What anyone is answered for the first page.
pub(crate) async fn first_page(endpoint: &Endpoint) -> Result<ListProductsResponse> {
    let mut products = ProductServiceClient::new(endpoint.connect().await?);
    Ok(products.list_products(ListProductsRequest::default()).await?.into_inner())
}

/// What anyone is answered about the shop.
pub(crate) async fn shop(endpoint: &Endpoint) -> Result<proto::catalog::Shop> {
    let mut shop = ShopServiceClient::new(endpoint.connect().await?);
    let get = GetShopRequest { name: "shop".to_owned() };
    Ok(shop.get_shop(get).await?.into_inner())
}

/// What anyone is answered for the categories.
pub(crate) async fn categories(endpoint: &Endpoint) -> Result<ListCategoriesResponse> {
    let mut categories = CategoryServiceClient::new(endpoint.connect().await?);
    let list = ListCategoriesRequest { page_size: PAGE, ..ListCategoriesRequest::default() };
    Ok(categories.list_categories(list).await?.into_inner())
}

/// The token of the page that has `depth` products before it.
pub(crate) async fn token_at(endpoint: &Endpoint, depth: i32) -> Result<String> {
    let mut products = ProductServiceClient::new(endpoint.connect().await?);
    let (mut page_token, mut passed) = (String::new(), 0);
    while passed < depth {
        let page_size = PAGE.min(depth - passed);
        let list = ListProductsRequest { page_size, page_token, ..ListProductsRequest::default() };
        let page = products.list_products(list).await?.into_inner();
        passed += i32::try_from(page.products.len())?;
        page_token = page.next_page_token;
        if page_token.is_empty() {
            bail!("there are only {passed} products, too few for a page after {depth}");
        }
    }
    Ok(page_token)
}

/// The name of the product that a request creates.
pub(crate) fn name(request: &CreateProductRequest) -> String {
    format!("products/{}", request.product_id)
}

async fn published(mut products: Products, names: Vec<String>) -> Result<()> {
    for name in names {
        let publish = PublishProductRequest { name, ..PublishProductRequest::default() };
        products.publish_product(publish).await?;
    }
    Ok(())
}

/// Puts the editor's credentials on every call.
#[derive(Clone, Debug)]
struct Editor(MetadataValue<Ascii>);

impl Interceptor for Editor {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        request.metadata_mut().insert("authorization", self.0.clone());
        Ok(request)
    }
}
