//! The catalog in one SQLite file: one thread writes, every thread reads.

mod access;
mod ballast;
mod categories;
mod category_counts;
mod changes;
mod checkpoint;
mod connection;
mod expunge;
mod failure;
mod faults;
mod feed;
mod functions;
mod held;
mod list;
mod migrations;
mod page;
mod place;
mod products;
mod readers;
mod revisions;
mod rollback;
mod room;
mod rows;
mod secrets;
mod shop;
mod slugs;
#[cfg(test)]
mod tests;
mod tx;
mod undelete;
mod variants;
mod writer;

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use async_trait::async_trait;
use jiff::SignedDuration;

use self::{
    ballast::Ballast,
    checkpoint::Checkpointer,
    connection::Durability,
    held::Held,
    list::Counts,
    migrations::Misfit,
    place::{Place, unreadable},
    readers::{Bound, Readers},
    room::{Need, Watch},
    tx::{Item, Tx},
    writer::{Ending, Writer},
};
use super::{Error, OpenError, Result, Store};
use crate::{
    clock::Clock,
    config::{DiskLimits, Limits},
    disk::Disk,
    domain::{
        Address, Audience, Caller, Category, CategoryChange, CategoryId, Document, NewCategory,
        NewProduct, NewVariantIn, Page, PageRequest, Product, ProductChange, ProductExpunge,
        ProductId, ProductQuery, References, Revision, RevisionQuery, Rollback, Shop, ShopChange,
        Slug, Snapshot, Variant, VariantChange, VariantName, View, Violations, WhichRevision,
        Write,
    },
};

/// A store in one file.
pub(super) struct Sqlite {
    // In the order in which they end: the place last, when nobody uses the file any more.
    writer: Writer,
    readers: Readers,
    counts: Counts,
    clock: Arc<dyn Clock>,
    room: Arc<Watch>,
    token_keys: [[u8; 32]; 2],
    place: Place,
}

/// Opens the database at a path, or one that ends with the store for `:memory:`.
pub(super) async fn open(
    path: &str,
    clock: Arc<dyn Clock>,
    disk: Arc<dyn Disk>,
    limits: &Limits,
) -> Result<Arc<dyn Store>, OpenError> {
    let (path, limits) = (path.to_owned(), limits.clone());
    let opening = move || Sqlite::open(&path, clock, disk, &limits);
    let opened = tokio::task::spawn_blocking(opening).await;
    let store = opened.map_err(|error| unreadable(Path::new("sqlite"), error))??;
    Ok(Arc::new(store))
}

impl Sqlite {
    fn open(
        path: &str,
        clock: Arc<dyn Clock>,
        disk: Arc<dyn Disk>,
        limits: &Limits,
    ) -> Result<Self, OpenError> {
        let place = match path {
            "" => return Err(OpenError::Address("sqlite:".to_owned())),
            ":memory:" => Place::temporary(clock.now())?,
            path => Place::take(Path::new(path))?,
        };
        // First, because what follows writes, too.
        let room = Arc::new(watch(&place, disk, limits.disk)?);
        let looked = connection::looking(place.path())
            .map_err(Misfit::from)
            .and_then(|database| migrations::is_ours(&database));
        if !looked.map_err(|error| misfit(&place, error))? {
            return Err(misfit(&place, Misfit::Foreign));
        }
        let durability = if place.is_temporary() { Durability::None } else { Durability::Full };
        let mut database = connection::writing(place.path(), durability)
            .map_err(|error| misfit(&place, error.into()))?;
        migrations::run(&mut database).map_err(|error| misfit(&place, error))?;
        let failed = |error: Error| unreadable(place.path(), error);
        let now = clock.now();
        let token_keys = secrets::token_keys(&database).map_err(failed)?;
        shop::found(&database, now).map_err(failed)?;
        let held = Arc::new(Held::default());
        let watched = Arc::clone(&held);
        let checkpointer = Checkpointer::start(place.path(), durability, &mut database, watched)
            .map_err(|error| unreadable(place.path(), error))?;
        let writer = Writer::start(database, checkpointer, Arc::clone(&room))
            .map_err(|error| unreadable(place.path(), error))?;
        let bound = Bound { time: limits.deadlines.query, steps: limits.query_steps };
        let readers = Readers::start(place.path(), held, bound).map_err(failed)?;
        let counts = Counts::default();
        Ok(Self { writer, readers, counts, clock, room, token_keys, place })
    }

    /// Does the items of a write inside one transaction, all of them or none.
    async fn write_all<I, T>(
        &self,
        write: Write,
        need: Need,
        items: Vec<I>,
        one: impl Fn(&Tx<'_>, &I) -> Item<Vec<u8>> + Send + 'static,
    ) -> Result<Vec<Document<T>>>
    where
        I: Send + 'static,
    {
        let ending = Ending::of(&write);
        let (clock, room) = (Arc::clone(&self.clock), Arc::clone(&self.room));
        let work = move |db: &rusqlite::Connection| {
            let tx = Tx { db, write: &write, now: clock.now(), is_full: !room.has(need) };
            tx.all(&items, one)
        };
        let answers = self.writer.write(ending, work).await?;
        Ok(answers.into_iter().map(Document::new).collect())
    }

    async fn write_one<I, T>(
        &self,
        write: Write,
        need: Need,
        item: I,
        one: impl Fn(&Tx<'_>, &I) -> Item<Vec<u8>> + Send + 'static,
    ) -> Result<Document<T>>
    where
        I: Send + 'static,
    {
        let mut answers = self.write_all(write, need, vec![item], one).await?;
        answers.pop().ok_or_else(|| failure::damaged("an answer"))
    }
}

/// A store that ends with the process holds no room back.
fn watch(place: &Place, disk: Arc<dyn Disk>, limits: DiskLimits) -> Result<Watch, OpenError> {
    let size = if place.is_temporary() { 0 } else { limits.ballast };
    let ballast = Ballast::at(place.beside("ballast"), size);
    let file = place.file().map_err(|error| unreadable(place.path(), error))?;
    Ok(Watch::start(disk, &limits, file, ballast))
}

fn misfit(place: &Place, misfit: Misfit) -> OpenError {
    let path = place.path().to_owned();
    match misfit {
        Misfit::Foreign => OpenError::Foreign { path },
        Misfit::Newer(found) => OpenError::Newer { path, found, known: migrations::newest() },
        Misfit::Altered(step) => OpenError::Altered { path, step },
        Misfit::Failed(error) => unreadable(&path, error),
    }
}

#[async_trait]
impl Store for Sqlite {
    async fn product(
        &self,
        id: &ProductId,
        view: View,
        audience: Audience,
    ) -> Result<Option<Snapshot<Document<Product>>>> {
        self.read_product(id, view, audience)
    }

    async fn products(
        &self,
        ids: &[ProductId],
        view: View,
        audience: Audience,
    ) -> Result<Snapshot<Vec<Option<Document<Product>>>>> {
        self.read_products(ids, view, audience)
    }

    async fn list_products(
        &self,
        query: ProductQuery,
        page: PageRequest,
    ) -> Result<Snapshot<Page<Document<Product>>>> {
        list::list(self, query, page).await
    }

    async fn create_products(
        &self,
        write: Write,
        products: Vec<NewProduct>,
        view: View,
    ) -> Result<Vec<Document<Product>>> {
        self.write_all(write, Need::Room, products, move |tx, new| tx.create_product(new, view))
            .await
    }

    async fn change_products(
        &self,
        write: Write,
        changes: Vec<ProductChange>,
    ) -> Result<Vec<Document<Product>>> {
        let needs = changes.iter().map(|change| Need::from(&change.action));
        let need = needs.max().unwrap_or(Need::Reserve);
        self.write_all(write, need, changes, |tx, change| tx.change_product(change)).await
    }

    async fn expunge_product(&self, write: Write, expunge: ProductExpunge) -> Result<()> {
        let one = |tx: &Tx<'_>, expunge: &ProductExpunge| tx.expunge_product(expunge);
        self.write_all::<_, Product>(write, Need::Reserve, vec![expunge], one).await.map(drop)
    }

    async fn purge_products(&self, most: usize) -> Result<usize> {
        let (clock, room) = (Arc::clone(&self.clock), Arc::clone(&self.room));
        let work = move |db: &rusqlite::Connection| {
            let (write, is_full) = (Write::by(Caller::system()), !room.has(Need::Reserve));
            Tx { db, write: &write, now: clock.now(), is_full }.purge_products(most)
        };
        self.writer.write(Ending::Keep, work).await
    }

    async fn resolve_slug(
        &self,
        slug: &Slug,
        audience: Audience,
    ) -> Result<Option<Snapshot<Address>>> {
        self.read_slug(slug, audience)
    }

    async fn roll_back(&self, write: Write, rollback: Rollback) -> Result<Document<Product>> {
        self.write_one(write, Need::Room, rollback, |tx, rollback| tx.roll_back(rollback)).await
    }

    async fn revision(
        &self,
        product: &ProductId,
        which: &WhichRevision,
    ) -> Result<Option<Snapshot<Document<Revision>>>> {
        self.read_revision(product, which)
    }

    async fn revisions(
        &self,
        query: RevisionQuery,
        page: PageRequest,
    ) -> Result<Option<Snapshot<Page<Document<Revision>>>>> {
        self.read_revisions(query, page).await
    }

    async fn forget_revisions(&self, kept: SignedDuration, most: usize) -> Result<usize> {
        self.forget(kept, most).await
    }

    async fn variant(
        &self,
        name: &VariantName,
        audience: Audience,
    ) -> Result<Option<Snapshot<Document<Variant>>>> {
        self.read_variant(name, audience)
    }

    async fn variants(
        &self,
        product: &ProductId,
        audience: Audience,
        page: PageRequest,
    ) -> Result<Option<Snapshot<Page<Document<Variant>>>>> {
        self.read_variants(product, audience, &page)
    }

    async fn create_variant(
        &self,
        write: Write,
        variant: NewVariantIn,
    ) -> Result<Document<Variant>> {
        self.write_one(write, Need::Room, variant, |tx, new| tx.create_variant(new)).await
    }

    async fn change_variants(
        &self,
        write: Write,
        changes: Vec<VariantChange>,
    ) -> Result<Vec<Document<Variant>>> {
        let needs = changes.iter().map(|change| Need::from(&change.action));
        let need = needs.max().unwrap_or(Need::Reserve);
        self.write_all(write, need, changes, |tx, change| tx.change_variant(change)).await
    }

    async fn category(&self, id: &CategoryId) -> Result<Option<Snapshot<Document<Category>>>> {
        self.read_category(id)
    }

    async fn faults(&self, requests: Vec<References>) -> Result<Vec<Violations>> {
        self.read_faults(requests).await
    }

    async fn categories(
        &self,
        counted: Option<Audience>,
        page: PageRequest,
    ) -> Result<Snapshot<Page<Document<Category>>>> {
        self.read_categories(counted, page).await
    }

    async fn create_category(
        &self,
        write: Write,
        category: NewCategory,
    ) -> Result<Document<Category>> {
        self.write_one(write, Need::Room, category, |tx, new| tx.create_category(new)).await
    }

    async fn change_category(
        &self,
        write: Write,
        change: CategoryChange,
    ) -> Result<Document<Category>> {
        let need = Need::from(&change.action);
        self.write_one(write, need, change, |tx, change| tx.change_category(change)).await
    }

    async fn shop(&self) -> Result<Snapshot<Document<Shop>>> {
        self.read_shop()
    }

    async fn change_shop(&self, write: Write, change: ShopChange) -> Result<Document<Shop>> {
        self.write_one(write, Need::Room, change, |tx, change| tx.change_shop(change)).await
    }

    async fn is_empty(&self) -> Result<bool> {
        self.readers.read(|db| {
            let sql = "SELECT 1 FROM products UNION ALL SELECT 1 FROM categories LIMIT 1";
            Ok(!db.prepare_cached(sql)?.exists([])?)
        })
    }

    fn token_keys(&self) -> [[u8; 32]; 2] {
        self.token_keys
    }

    fn folder(&self) -> Option<PathBuf> {
        let folder = self.place.path().parent()?;
        (!self.place.is_temporary()).then(|| folder.to_owned())
    }

    async fn check(&self) -> Result<()> {
        self.readers.read(|db| Ok(db.prepare_cached("SELECT 1 FROM shop")?.exists([]).map(drop)?))
    }

    async fn close(&self) {
        // Both wait for their threads, which are about to end.
        self.readers.stop();
        self.writer.stop();
    }
}
