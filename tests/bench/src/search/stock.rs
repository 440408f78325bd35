//! Puts products into a service of this process, by its use cases.

use std::{
    collections::HashMap,
    fs::{self, File},
    io::BufReader,
    path::Path,
};

use anyhow::{Context as _, Result, bail};
use catalog_service::{
    Instance,
    domain::{Caller, ProductAction, ProductChange, ProductId, References, Violations, Write},
    encoding,
};
use proto::catalog::{CreateProductRequest, SearchProductsRequest};
use shelf::load::{Chunks, Lines};

use super::Service;
use crate::products::long_tailed::LongTailed;

/// How many products are created at a time.
const BATCH: usize = 500;

/// How many products are asked for by name.
const NAMES: usize = 1_000;

/// How many words are searched for, from the most frequent to the rarest.
const WORDS: usize = 60;

/// What is in stock.
pub(crate) struct Stock {
    pub(super) products: usize,
    /// The title of the last product by id, which the index takes up last.
    pub(crate) last: String,
    /// The names of some products.
    pub(super) names: Vec<String>,
    /// Words of the titles, from the most frequent to the rarest.
    pub(super) words: Vec<String>,
}

/// The products of a file.
pub(super) async fn of_file(instance: &Instance, file: &Path) -> Result<Stock> {
    let text = File::open(file).with_context(|| format!("`{}` cannot be read", file.display()))?;
    let mut requests = Vec::new();
    for chunk in Chunks::new(Lines::new(BufReader::new(text))) {
        let chunk = chunk?;
        if !chunk.faults.is_empty() {
            bail!("`{}` has lines that are no CreateProductRequest", file.display());
        }
        requests.extend(chunk.lines.into_iter().map(|line| line.request));
    }
    stock(instance, requests.into_iter()).await
}

/// Products made by a seed.
pub(crate) async fn made(instance: &Instance, seed: u64, count: u64) -> Result<Stock> {
    let maker = LongTailed::new(seed);
    stock(instance, (0..count).map(move |number| maker.request(number))).await
}

async fn stock(
    instance: &Instance,
    mut requests: impl Iterator<Item = CreateProductRequest>,
) -> Result<Stock> {
    let is_stocked = !instance.is_empty().await?;
    let mut counts: HashMap<String, u64> = HashMap::new();
    let (mut products, mut last) = (0, (String::new(), String::new()));
    let mut names = Vec::new();
    loop {
        let batch: Vec<_> = requests.by_ref().take(BATCH).collect();
        if batch.is_empty() {
            break;
        }
        products += batch.len();
        for request in &batch {
            if names.len() < NAMES {
                names.push(format!("products/{}", request.product_id));
            }
            let title = request.product.as_ref().map_or("", |product| &product.title);
            last = last.max((request.product_id.clone(), title.to_owned()));
            for word in
                title.split(|c: char| !c.is_ascii_alphabetic()).filter(|word| word.len() > 3)
            {
                *counts.entry(word.to_lowercase()).or_default() += 1;
            }
        }
        if !is_stocked {
            publish(instance, batch).await?;
        }
        if products % 100_000 == 0 {
            eprintln!("{products} products");
        }
    }
    Ok(Stock { products, last: last.1, names, words: words(counts) })
}

async fn publish(instance: &Instance, batch: Vec<CreateProductRequest>) -> Result<()> {
    let mut ids = Vec::new();
    let mut new = Vec::new();
    for request in batch {
        let mut violations = Violations::default();
        ids.push(ProductId::parse(&request.product_id)?);
        new.push(encoding::product::new_product(
            request,
            "",
            &mut violations,
            &mut References::default(),
        ));
        if !violations.is_empty() {
            bail!("a product has faults: {:?}", violations.into_vec());
        }
    }
    let change = |id| ProductChange { id, etag: None, action: ProductAction::Publish };
    let write = || Write::by(Caller::system());
    instance.catalog().create_products(write(), new).await?;
    instance.catalog().change_products(write(), ids.into_iter().map(change).collect()).await?;
    Ok(())
}

/// Words of every frequency: evenly spread over the ranks on a logarithmic scale.
fn words(counts: HashMap<String, u64>) -> Vec<String> {
    let mut ranked: Vec<_> = counts.into_iter().collect();
    ranked.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    let most = (ranked.len() as f64).ln();
    let rank = |step: usize| (most * step as f64 / WORDS as f64).exp() as usize - 1;
    let mut ranks: Vec<_> = (0..WORDS).map(rank).collect();
    ranks.dedup();
    ranks.into_iter().filter_map(|rank| Some(ranked.get(rank)?.0.clone())).collect()
}

/// Asks until an answer holds a product that the index takes up last.
pub(crate) async fn until_found(service: &Service, title: &str) -> Result<()> {
    loop {
        let request = SearchProductsRequest {
            query: format!("{title} "),
            page_size: 1,
            ..SearchProductsRequest::default()
        };
        // Each search waits for the index up to a second by itself.
        match service.search(request).await {
            Ok(found) if !found.incomplete => return Ok(()),
            _ => tokio::task::yield_now().await,
        }
    }
}

/// How many bytes the files below a folder have.
pub(super) fn bytes_below(folder: &Path) -> Result<u64> {
    let mut bytes = 0;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let metadata = entry.metadata()?;
        bytes += if metadata.is_dir() { bytes_below(&entry.path())? } else { metadata.len() };
    }
    Ok(bytes)
}
