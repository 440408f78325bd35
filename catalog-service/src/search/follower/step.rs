//! From one state of the index to the next: what changed is read anew from the store, and stands in the index with one commit.

use std::{
    collections::BTreeSet,
    sync::Arc,
    time::{Duration, Instant},
};

use super::{Follower, Trouble};
use crate::{
    domain::{CategoryId, Currency, ProductId, VariantName},
    search::{
        index::{Opened, Pen, Unusable},
        mark::Mark,
        tree::Tree,
    },
    store::changes::{Change, Walk, WholeProduct},
};

/// How many changes are read at a time, and how many products.
const CHANGES: usize = 2_000;
pub(super) const PRODUCTS: usize = 250;

/// How long changes are gathered for one commit while more of them come.
const GATHERING: Duration = Duration::from_millis(300);

/// An index with what is needed to go on writing it.
pub(crate) struct Desk {
    pub(in crate::search) opened: Arc<Opened>,
    pub(in crate::search) tree: Arc<Tree>,
    pub(in crate::search) currency: Currency,
    pub(in crate::search) mark: Mark,
    pen: Option<Pen>,
}

impl Desk {
    pub(super) fn new(
        opened: Arc<Opened>,
        tree: Arc<Tree>,
        currency: Currency,
        mark: Mark,
    ) -> Self {
        Self { opened, tree, currency, mark, pen: Some(Pen::new()) }
    }

    /// Puts products in place of what stood in the index under these ids.
    pub(super) async fn replace(
        &mut self,
        ids: Vec<ProductId>,
        products: Vec<WholeProduct>,
    ) -> Result<(), Unusable> {
        let (tree, currency) = (Arc::clone(&self.tree), self.currency);
        self.write(move |pen, opened| {
            pen.remove(opened, ids)?;
            pen.add(opened, &tree, currency, &products)
        })
        .await
    }

    /// Puts products in that are not there.
    pub(super) async fn add(&mut self, products: Vec<WholeProduct>) -> Result<(), Unusable> {
        let (tree, currency) = (Arc::clone(&self.tree), self.currency);
        self.write(move |pen, opened| pen.add(opened, &tree, currency, &products)).await
    }

    /// Makes what was done durable, and found, as the state of a change.
    pub(super) async fn commit(&mut self) -> Result<(), Unusable> {
        let mark = self.mark.clone();
        self.write(move |pen, opened| pen.commit(opened, &mark)).await
    }

    /// Lets go of the buffers.
    pub(super) async fn rest(&mut self) -> Result<(), Unusable> {
        self.write(|pen, _| pen.rest()).await
    }

    pub(super) fn is_resting(&self) -> bool {
        self.pen.as_ref().is_none_or(Pen::is_resting)
    }

    async fn write(
        &mut self,
        work: impl FnOnce(&mut Pen, &Opened) -> Result<(), Unusable> + Send + 'static,
    ) -> Result<(), Unusable> {
        let opened = Arc::clone(&self.opened);
        let mut pen = self.pen.take().unwrap_or_else(Pen::new);
        let pen = aside(move || work(&mut pen, &opened).map(|()| pen)).await?;
        self.pen = Some(pen);
        Ok(())
    }
}

/// Works where waiting for the disk holds up no call.
pub(super) async fn aside<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Unusable> + Send + 'static,
) -> Result<T, Unusable> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|_panic| Err(Unusable::Damaged(1)))
}

/// What some changes touch.
#[derive(Debug, Default)]
struct Touched {
    products: BTreeSet<ProductId>,
    categories: BTreeSet<CategoryId>,
    shop: bool,
}

impl Touched {
    fn add(&mut self, change: &Change) {
        let name = change.resource.as_str();
        if let Ok(product) = ProductId::from_name(name) {
            self.products.insert(product);
        } else if let Ok(variant) = VariantName::parse(name) {
            self.products.insert(variant.product);
        } else if let Ok(category) = CategoryId::from_name(name) {
            self.categories.insert(category);
        } else if name == "shop" {
            self.shop = true;
        }
    }
}

impl Follower {
    /// Takes what has changed into the index; false: nothing has.
    pub(super) async fn step(&self, desk: &mut Desk) -> Result<bool, Trouble> {
        let start = Instant::now();
        let mut position = desk.mark.position;
        loop {
            let changes = self.store.changes_after(position, CHANGES).await?.ok_or(Trouble::Gap)?;
            let Some(last) = changes.last() else { break };
            position = last.number;
            let mut touched = Touched::default();
            changes.iter().for_each(|change| touched.add(change));
            self.take_in(desk, touched).await?;
            if start.elapsed() > GATHERING || self.stopping.is_cancelled() {
                break;
            }
        }
        if position == desk.mark.position {
            return Ok(false);
        }
        desk.mark.time = self.time_of(position).await?.unwrap_or(desk.mark.time);
        desk.mark.position = position;
        desk.commit().await?;
        self.shared.serve(desk);
        self.shared.reached(position);
        Ok(true)
    }

    async fn take_in(&self, desk: &mut Desk, touched: Touched) -> Result<(), Trouble> {
        if !touched.categories.is_empty() {
            desk.tree = self.tree().await?;
        }
        if touched.shop {
            let currency = self.currency().await?;
            if currency != desk.currency {
                currency.code().clone_into(&mut desk.mark.currency);
                desk.currency = currency;
                return self.replace_walk(desk, Walk::All).await;
            }
        }
        let ids: Vec<_> = touched.products.into_iter().collect();
        for ids in ids.chunks(PRODUCTS) {
            let products = self.store.whole_products(ids).await?;
            desk.replace(ids.to_vec(), products).await?;
        }
        if !touched.categories.is_empty() {
            let below = desk.tree.with_those_below(&touched.categories);
            self.replace_walk(desk, Walk::In(below)).await?;
        }
        Ok(())
    }

    /// Reads anew all products that a walk comes by.
    async fn replace_walk(&self, desk: &mut Desk, walk: Walk) -> Result<(), Trouble> {
        let mut after: Option<ProductId> = None;
        loop {
            let products = self.store.walk(&walk, after.as_ref(), PRODUCTS).await?;
            let Some(last) = products.last() else { return Ok(()) };
            after = Some(last.product.id.clone());
            let ids = products.iter().map(|whole| whole.product.id.clone()).collect();
            desk.replace(ids, products).await?;
        }
    }
}
