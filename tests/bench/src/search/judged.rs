//! How well the search finds what people have judged: nDCG@10, with 2^rating - 1 as the gain, averaged over the queries.

use std::{collections::BTreeMap, fs, path::Path};

use anyhow::{Context as _, Result};
use proto::catalog::SearchProductsRequest;

use super::Service;

/// How many results count.
const DEPTH: usize = 10;

/// The ratings of products by query.
#[derive(Debug, Default)]
pub(super) struct Judgements {
    queries: BTreeMap<String, BTreeMap<String, u32>>,
}

impl Judgements {
    /// Reads lines of query, product and rating, with a head.
    pub(super) fn read(file: &Path, prefix: &str) -> Result<Self> {
        Self::parse(&fs::read_to_string(file)?, prefix)
    }

    fn parse(text: &str, prefix: &str) -> Result<Self> {
        let mut judgements = Self::default();
        for line in text.lines().skip(1).filter(|line| !line.trim().is_empty()) {
            let mut parts = line.rsplitn(3, ',');
            let (rating, product) = (parts.next(), parts.next());
            let query = parts.next().context("a line has three parts")?.trim_matches('"');
            let rating = rating.context("a rating")?.trim().parse::<f64>()? as u32;
            let product = format!("products/{prefix}{}", product.context("a product")?);
            judgements.queries.entry(query.to_owned()).or_default().insert(product, rating);
        }
        Ok(judgements)
    }

    /// The mean of all queries, and how many there are.
    #[expect(clippy::print_stdout, reason = "printing is what was asked for")]
    pub(super) async fn measure(&self, service: &Service, each: bool) -> Result<(f64, usize)> {
        let mut sum = 0.0;
        for (query, ratings) in &self.queries {
            let request = SearchProductsRequest {
                query: query.clone(),
                page_size: i32::try_from(DEPTH)?,
                ..Default::default()
            };
            let found = service.search(request).await?;
            let products = found.results.iter().filter_map(|one| one.product.as_ref());
            let names: Vec<&str> = products.map(|product| product.name.as_str()).collect();
            let ndcg = ndcg(ratings, &names);
            if each {
                println!("{ndcg:.3}  {query}: {} found", found.total_size);
            }
            sum += ndcg;
        }
        Ok((sum / self.queries.len() as f64, self.queries.len()))
    }
}

/// The gain of what was found against the best that there is; a product that nobody has judged is worth nothing.
fn ndcg(ratings: &BTreeMap<String, u32>, found: &[&str]) -> f64 {
    let gain = |rating: u32| f64::from(2_u32.pow(rating)) - 1.0;
    let discounted = |ratings: &mut dyn Iterator<Item = u32>| -> f64 {
        let places = (2..).zip(ratings.take(DEPTH));
        places.map(|(place, rating)| gain(rating) / f64::from(place).log2()).sum()
    };
    let mut best: Vec<u32> = ratings.values().copied().collect();
    best.sort_unstable_by(|a, b| b.cmp(a));
    let best = discounted(&mut best.into_iter());
    let mut reached = found.iter().map(|name| ratings.get(*name).copied().unwrap_or_default());
    if best == 0.0 { 0.0 } else { discounted(&mut reached) / best }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_order_is_one_and_nothing_found_is_zero() {
        let judgements =
            Judgements::parse("query,docid,rating\nmug,1,3\nmug,2,0\nmug,3,1\n", "p-").unwrap();
        let ratings = &judgements.queries["mug"];
        assert!(
            (ndcg(ratings, &["products/p-1", "products/p-3", "products/p-2"]) - 1.0).abs() < 1e-9
        );
        assert!(ndcg(ratings, &["products/p-3", "products/p-1"]) < 0.8);
        assert!(ndcg(ratings, &["products/other"]).abs() < 1e-9);
    }
}
