//! The search by itself: how well it finds what people have judged, and how long it takes, in a service of this process.

mod judged;
mod latency;
pub(crate) mod stock;

use std::path::PathBuf;

use anyhow::{Context as _, Result};
use catalog_service::{
    Instance, Settings,
    config::Rate,
    domain::{
        Caller, ProductAction, ProductChange, ProductField, ProductFields, ProductId, ProductMask,
        Write,
    },
};
use proto::catalog::{
    SearchProductsRequest, SearchProductsResponse, SuggestProductsRequest, SuggestProductsResponse,
    product_service_client::ProductServiceClient,
};

use self::{judged::Judgements, latency::Timed};

/// Measures the search
#[derive(Debug, clap::Args)]
pub(crate) struct Search {
    /// The seed of the made products
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How many products are made, where none are given
    #[arg(long, default_value_t = 20_000)]
    products: u64,
    /// Products to take instead, one CreateProductRequest in ProtoJSON per line
    #[arg(long, value_name = "FILE")]
    data: Option<PathBuf>,
    /// What people have judged of these products: lines of query, product, and a rating from 0 to 3
    #[arg(long, value_name = "FILE", requires = "data")]
    judgements: Option<PathBuf>,
    /// What stands before the products of the judgements in their ids
    #[arg(long, default_value = "icecat-")]
    prefix: String,
    /// Where the stocked database is kept, and taken up again
    #[arg(long, value_name = "FOLDER")]
    folder: Option<PathBuf>,
    /// Takes the index of the folder as it is, instead of making it anew
    #[arg(long, requires = "folder")]
    indexed: bool,
    /// Tells each judged query
    #[arg(long)]
    each: bool,
}

/// What one run of the search has measured.
#[derive(Debug)]
pub(crate) struct Measured {
    /// How many products there were.
    pub(crate) products: usize,
    /// How many a second the index took up, made from the store.
    pub(crate) taken_up: f64,
    /// The bytes of the index, for each product.
    pub(crate) index_bytes: f64,
    /// The mean nDCG@10 of the judged queries, and how many there were.
    pub(crate) judged: Option<(f64, usize)>,
    /// How long searches take, by what is asked, and a product from its acknowledged write to its being found.
    timed: Vec<Timed>,
}

/// A service of this process.
pub(crate) struct Service {
    pub(crate) instance: Instance,
}

impl Service {
    fn client(&self) -> ProductServiceClient<catalog_service::grpc::GrpcService> {
        ProductServiceClient::new(self.instance.service())
    }

    async fn search(&self, request: SearchProductsRequest) -> Result<SearchProductsResponse> {
        Ok(self.client().search_products(request).await?.into_inner())
    }

    /// Gives a product a tag, and no other.
    async fn tag(&self, id: ProductId, tag: &str) -> Result<()> {
        let fields =
            Box::new(ProductFields { tags: vec![tag.to_owned()], ..ProductFields::default() });
        let mut mask = ProductMask::default();
        mask.add(ProductField::Tags);
        let change =
            ProductChange { id, etag: None, action: ProductAction::Update { fields, mask } };
        self.instance.catalog().change_product(Write::by(Caller::system()), change).await?;
        Ok(())
    }

    async fn suggest(&self, query: &str) -> Result<SuggestProductsResponse> {
        let request = SuggestProductsRequest { query: query.to_owned(), ..Default::default() };
        Ok(self.client().suggest_products(request).await?.into_inner())
    }
}

/// `bench search`: measures and prints.
#[expect(clippy::print_stdout, reason = "printing is what it is for")]
pub(crate) async fn run(search: &Search) -> Result<()> {
    let measured = measure(search).await?;
    println!(
        "{} products, {:.0} a second into the index, {:.0} bytes each",
        measured.products, measured.taken_up, measured.index_bytes
    );
    if let Some((ndcg, queries)) = measured.judged {
        println!("nDCG@10 of {queries} judged queries: {ndcg:.4}");
    }
    for timed in &measured.timed {
        println!("{timed}");
    }
    Ok(())
}

/// Stocks a service, searches it, and tells what that took.
pub(crate) async fn measure(search: &Search) -> Result<Measured> {
    let temporary = tempfile::tempdir()?;
    let folder = search.folder.as_deref().unwrap_or(temporary.path());
    let url = format!("sqlite:{}", folder.join("shelf.db").display());
    let stock = stocked(search, &url).await?;
    // The index is made from the store, so that its rate is not that of the store's writes.
    if !search.indexed {
        std::fs::remove_dir_all(folder.join("search"))?;
    }
    let start = std::time::Instant::now();
    let service = Service { instance: catalog_service::open(unhurried(&url)).await? };
    let all = stock.products;
    stock::until_found(&service, &stock.last).await?;
    let taken_up = all as f64 / start.elapsed().as_secs_f64();
    let index_bytes = stock::bytes_below(&folder.join("search"))? as f64 / all as f64;
    let judged = match &search.judgements {
        Some(file) => {
            let judgements = Judgements::read(file, &search.prefix)
                .with_context(|| format!("`{}` cannot be read", file.display()))?;
            Some(judgements.measure(&service, search.each).await?)
        }
        None => None,
    };
    let mut timed = latency::measure(&service, &stock.words).await?;
    timed.push(latency::followed(&service, &stock.names).await?);
    service.instance.close().await;
    Ok(Measured { products: all, taken_up, index_bytes, judged, timed })
}

async fn stocked(search: &Search, url: &str) -> Result<stock::Stock> {
    let instance = catalog_service::open(unhurried(url)).await?;
    let stock = match &search.data {
        Some(file) => stock::of_file(&instance, file).await,
        None => stock::made(&instance, search.seed, search.products).await,
    };
    instance.close().await;
    stock
}

/// The settings of a service that takes as many calls from one caller as come.
pub(crate) fn unhurried(url: &str) -> Settings {
    let mut settings = Settings::new(url);
    settings.limits.searches = Rate { per_second: 1_000_000, burst: 1_000_000 };
    settings
}
