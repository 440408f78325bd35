//! How long a search takes for one caller, by how frequent its words are.

use std::{
    fmt,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result};
use catalog_service::domain::ProductId;
use proto::catalog::SearchProductsRequest;

use super::Service;
use crate::{
    aims::{Both, Good, aims, reached},
    figures::Short,
};

/// What the 99th of a hundred searches may take, in ms: for one that finds, for one with facets, for suggestions, and from an
/// acknowledged write to its being found.
const TOP: Both = aims(10.0, 3.0);
const FACETS: Both = aims(30.0, 10.0);
const SUGGESTIONS: Both = aims(5.0, 2.0);
const FOLLOWED: Both = (Some(1_000.0), None);

/// How many times each word is searched for.
const TIMES: usize = 3;

/// How many products are changed to see how soon that is found.
const WRITTEN: usize = 20;

/// What was asked, how long it took, and how long the 99th of a hundred may take, in ms.
#[derive(Clone, Debug)]
pub(crate) struct Timed {
    what: &'static str,
    latency: Latency,
    aims: Both,
}

impl fmt::Display for Timed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { what, latency, aims } = self;
        let reached = reached(latency.millis(0.99), Good::AtMost("ms"), *aims);
        write!(f, "{what}: {latency}; {}: {reached}", told(*aims))
    }
}

/// Times, sorted.
#[derive(Clone, Debug)]
pub(crate) struct Latency(Vec<Duration>);

impl Latency {
    fn of(mut times: Vec<Duration>) -> Self {
        times.sort_unstable();
        Self(times)
    }

    /// The time that a share of all is not above.
    pub(crate) fn quantile(&self, share: f64) -> Duration {
        let place = (self.0.len() as f64 * share).ceil() as usize;
        self.0.get(place.saturating_sub(1)).copied().unwrap_or_default()
    }

    fn millis(&self, share: f64) -> f64 {
        self.quantile(share).as_secs_f64() * 1e3
    }
}

impl fmt::Display for Latency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [middle, late] = [0.5, 0.99].map(|share| self.millis(share));
        write!(f, "p50 {middle:.2} ms, p99 {late:.2} ms, of {}", self.0.len())
    }
}

/// Searches for words, for two at a time, with facets, and for their beginnings.
pub(super) async fn measure(service: &Service, words: &[String]) -> Result<Vec<Timed>> {
    let top = |query: String, with_facets| SearchProductsRequest {
        query,
        with_facets,
        page_size: 20,
        ..Default::default()
    };
    let ended = |word: &String| format!("{word} ");
    let one: Vec<_> = words.iter().map(|word| top(ended(word), false)).collect();
    let pairs = words.windows(2).map(|pair| top(format!("{} {} ", pair[0], pair[1]), false));
    let facets: Vec<_> = words.iter().map(|word| top(ended(word), true)).collect();
    let beginnings = words.iter().map(|word| top(word.chars().take(3).collect(), false)).collect();
    let typos = words.iter().filter(|word| word.len() > 4);
    let typos = typos.map(|word| top(format!("{}q{} ", &word[..2], &word[3..]), false));
    let timed = |what, latency, aims| Timed { what, latency, aims };
    Ok(vec![
        timed("top 20, one word", searched(service, one).await?, TOP),
        timed("top 20, two words", searched(service, pairs.collect()).await?, TOP),
        timed("top 20, one word with a typo", searched(service, typos.collect()).await?, TOP),
        timed("top 20 with facets, one word", searched(service, facets).await?, FACETS),
        timed("top 20, the beginning of a word", searched(service, beginnings).await?, TOP),
        timed("suggestions", suggested(service, words).await?, SUGGESTIONS),
    ])
}

/// Changes products, one after the other, and searches each time until the change is found.
pub(super) async fn followed(service: &Service, names: &[String]) -> Result<Timed> {
    let mut times = Vec::new();
    for (number, name) in names.iter().take(WRITTEN).enumerate() {
        let mark = format!("followed{number}x");
        let id = ProductId::from_name(name)?;
        service.tag(id, &mark).await?;
        let start = Instant::now();
        let request =
            SearchProductsRequest { query: format!("{mark} "), ..SearchProductsRequest::default() };
        while service.search(request.clone()).await?.results.is_empty() {}
        times.push(start.elapsed());
    }
    let what = "from an acknowledged write to its being found";
    Ok(Timed { what, latency: Latency::of(times), aims: FOLLOWED })
}

async fn searched(service: &Service, requests: Vec<SearchProductsRequest>) -> Result<Latency> {
    let mut times = Vec::new();
    for _ in 0..TIMES {
        for request in &requests {
            let start = Instant::now();
            let searched = service.search(request.clone()).await;
            searched.with_context(|| format!("searched for `{}`", request.query))?;
            times.push(start.elapsed());
        }
    }
    Ok(Latency::of(times))
}

async fn suggested(service: &Service, words: &[String]) -> Result<Latency> {
    let mut times = Vec::new();
    for word in words {
        for length in 2..=word.chars().count().min(6) {
            let typed: String = word.chars().take(length).collect();
            let start = Instant::now();
            service.suggest(&typed).await?;
            times.push(start.elapsed());
        }
    }
    Ok(Latency::of(times))
}

/// Both aims in words.
fn told((must, after): Both) -> String {
    let named = [("must", must), ("after", after)];
    let told = named.map(|(name, aim)| aim.map(|aim| format!("{name} {} ms", Short(aim))));
    told.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn aims_are_told_where_there_are_any() {
        assert_eq!(told(aims(10.0, 3.0)), "must 10.0 ms, after 3.00 ms");
        assert_eq!(told((Some(1_000.0), None)), "must 1000 ms");
    }
}
