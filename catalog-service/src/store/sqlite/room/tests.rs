//! What counts as room, what is written without it, and that everything goes on when it is back.

use std::{
    fs,
    path::{Path, PathBuf},
};

use rstest::rstest;
use secrecy::SecretString;
use tempfile::TempDir;

use super::*;
use crate::{
    access::{self, Access, Login, NewUser},
    clock::SystemClock,
    config::Limits,
    disk::ManualDisk,
    domain::{
        Audience, CategoryChange, CategoryFields, CategoryId, NewCategory, NewProduct, NewVariant,
        NewVariantIn, ProductChange, Role, VariantChange, VariantId, VariantName, View, Write,
    },
    store::{
        Error, Store,
        contract::{by, new, product_id, requested, sold, wire},
        sqlite::{Ending, Sqlite},
    },
};

const GIB: u64 = 1_024 * MIB;
const LIMITS: DiskLimits = DiskLimits { ballast: MIB, read_only_below: 256 * MIB };

#[rstest]
#[case::empty(100 * GIB, 100 * GIB, Room::Ample)]
#[case::just_above_1_gib(GIB + 1, 100 * GIB, Room::Ample)]
#[case::at_1_gib(GIB, 100 * GIB, Room::Ample)]
#[case::just_below_1_gib(GIB - 1, 100 * GIB, Room::Low)]
#[case::just_above_a_tenth(512 * MIB + 1, 5 * GIB, Room::Ample)]
#[case::at_a_tenth(512 * MIB, 5 * GIB, Room::Ample)]
#[case::just_below_a_tenth(512 * MIB - 1, 5 * GIB, Room::Low)]
#[case::just_above_the_limit(256 * MIB + 1, 100 * GIB, Room::Low)]
#[case::at_the_limit(256 * MIB, 100 * GIB, Room::Low)]
#[case::just_below_the_limit(256 * MIB - 1, 100 * GIB, Room::ReadOnly)]
#[case::a_small_disk_at_the_limit(256 * MIB, GIB, Room::Ample)]
#[case::a_small_disk_below_the_limit(256 * MIB - 1, GIB, Room::ReadOnly)]
#[case::full(0, 100 * GIB, Room::ReadOnly)]
fn the_free_space_decides(#[case] free: u64, #[case] total: u64, #[case] room: Room) {
    assert_eq!(Room::of(Space { free, total }, LIMITS.read_only_below), room);
}

/// A store on a disk that a test fills.
struct Shop {
    store: Sqlite,
    disk: Arc<ManualDisk>,
    folder: TempDir,
}

impl Shop {
    /// On an empty disk, with a kettle in it.
    async fn open() -> Self {
        let disk = Arc::new(ManualDisk::of(100 * GIB));
        let shop = Self::on(disk, tempfile::tempdir().unwrap(), LIMITS);
        shop.create("kettle").await.unwrap();
        shop
    }

    fn on(disk: Arc<ManualDisk>, folder: TempDir, limits: DiskLimits) -> Self {
        let path = folder.path().join("shelf.db");
        let limits = Limits { disk: limits, ..Limits::default() };
        let (path, clock) = (path.to_str().unwrap(), Arc::new(SystemClock));
        let opened = Sqlite::open(path, clock, Arc::clone(&disk) as _, &limits);
        Self { store: opened.unwrap(), disk, folder }
    }

    /// Closes the store, and opens it again.
    fn again(self, limits: DiskLimits) -> Self {
        let Self { store, disk, folder } = self;
        drop(store);
        Self::on(disk, folder, limits)
    }

    fn ballast(&self) -> PathBuf {
        self.folder.path().join("shelf.db.ballast")
    }

    async fn create(&self, id: &str) -> Result<(), Error> {
        self.store.create_products(by("ada"), vec![new(id)], View::Basic).await.map(drop)
    }

    async fn change(&self, id: &str, action: ProductAction) -> Result<(), Error> {
        let change = ProductChange { id: product_id(id), etag: None, action };
        self.store.change_products(by("ada"), vec![change]).await.map(drop)
    }

    async fn get(&self, id: &str) -> Option<proto::catalog::Product> {
        let found = self.store.product(&product_id(id), View::Basic, Audience::Staff).await;
        found.unwrap().map(|found| wire(&found.content))
    }
}

fn size(path: &Path) -> Option<u64> {
    fs::metadata(path).ok().map(|file| file.len())
}

#[track_caller]
fn assert_full<T: std::fmt::Debug>(answer: Result<T, Error>) {
    let error = answer.unwrap_err();
    assert!(matches!(error, Error::Full), "{error:?}");
}

#[tokio::test]
async fn writes_end_just_below_the_limit_and_go_on_at_it() {
    let shop = Shop::open().await;
    shop.disk.leave(256 * MIB);
    shop.create("at").await.unwrap();
    shop.disk.leave(256 * MIB - 1);
    assert_full(shop.create("below").await);
    assert!(shop.get("kettle").await.is_some() && shop.get("at").await.is_some());
    assert_eq!(shop.get("below").await, None);
    shop.store.check().await.unwrap();
    shop.disk.leave(256 * MIB);
    shop.create("below").await.unwrap();
}

#[tokio::test]
async fn a_full_disk_takes_what_deletes_and_refuses_the_rest() {
    let shop = Shop::open().await;
    shop.create("pot").await.unwrap();
    let category = |id: &str| {
        let fields = CategoryFields { title: id.to_owned(), ..CategoryFields::default() };
        NewCategory { id: Some(CategoryId::parse(id).unwrap()), fields }
    };
    shop.store.create_category(by("ada"), category("kitchen")).await.unwrap();
    let name =
        |id| VariantName { product: product_id("mug"), variant: VariantId::parse(id).unwrap() };
    let variant = |id| NewVariant { id: Some(name(id).variant), ..sold(id, 5) };
    let mug = NewProduct { variants: vec![variant("large"), variant("small")], ..new("mug") };
    shop.store.create_products(by("ada"), vec![mug], View::Basic).await.unwrap();
    shop.disk.leave(0);

    assert_full(shop.create("pan").await);
    let another = NewVariantIn { product: product_id("mug"), variant: variant("huge") };
    assert_full(shop.store.create_variant(by("ada"), another).await);
    assert_full(shop.change("kettle", ProductAction::Publish).await);
    assert_full(shop.store.create_category(by("ada"), category("garden")).await);
    let one_of_two = [("kettle", ProductAction::Delete), ("pot", ProductAction::Publish)];
    let one_of_two =
        one_of_two.map(|(id, action)| ProductChange { id: product_id(id), etag: None, action });
    assert_full(shop.store.change_products(by("ada"), one_of_two.to_vec()).await);

    shop.change("kettle", ProductAction::Delete).await.unwrap();
    assert_full(shop.change("kettle", ProductAction::undelete()).await);
    let removed = VariantChange { name: name("large"), etag: None, action: VariantAction::Delete };
    shop.store.change_variants(by("ada"), vec![removed]).await.unwrap();
    let id = CategoryId::parse("kitchen").unwrap();
    let change = CategoryChange { id: id.clone(), etag: None, action: CategoryAction::Delete };
    shop.store.change_category(by("ada"), change).await.unwrap();

    let shop = shop.again(LIMITS);
    assert!(shop.get("kettle").await.unwrap().delete_time.is_some(), "what was answered is kept");
    assert_eq!(shop.store.category(&id).await.unwrap(), None);
    assert_eq!(shop.store.variant(&name("large"), Audience::Staff).await.unwrap(), None);
}

#[tokio::test]
async fn a_write_that_was_answered_before_is_answered_again() {
    let shop = Shop::open().await;
    let create = async || {
        let write = requested("ada", "one", 1);
        shop.store.create_products(write, vec![new("pot")], View::Basic).await
    };
    let answered = create().await.unwrap();
    shop.disk.leave(0);
    assert_eq!(create().await.unwrap(), answered, "nobody is told that nothing was changed");
}

#[tokio::test]
async fn a_write_that_only_validates_is_refused_like_the_real_one() {
    let shop = Shop::open().await;
    shop.disk.leave(0);
    let write = Write { validate_only: true, ..by("ada") };
    assert_full(shop.store.create_products(write, vec![new("pot")], View::Basic).await);
}

#[tokio::test]
async fn people_sign_in_while_the_disk_is_full() {
    let shop = Shop::open().await;
    let access = Access::new(Arc::new(shop.store), Arc::new(SystemClock), &Limits::default());
    let login = Login::parse("ada@shop.example").unwrap();
    let password = || SecretString::from("cedar kettle on the hob");
    let token = access.setup_token().await.unwrap().unwrap();
    let ada = access
        .redeem_setup_token(by("ada"), token.expose(), login, "Ada", password())
        .await
        .unwrap();
    shop.disk.leave(0);

    access.sign_in("ada@shop.example", "another password".into(), None).await.unwrap_err();
    let session =
        access.sign_in("ada@shop.example", password(), None).await.unwrap().session.session;
    access.end_session(by("ada"), &ada.id, &session.id).await.unwrap();

    let bob = Login::parse("bob@shop.example").unwrap();
    let bob = NewUser {
        id: None,
        login: bob,
        display_name: "Bob".to_owned(),
        role: Role::Viewer,
        disabled: false,
    };
    let created = access.create_user(by("ada"), bob, password()).await;
    assert!(matches!(created, Err(access::Error::Store(Error::Full))), "{created:?}");
}

#[tokio::test]
async fn the_ballast_is_given_up_only_when_nothing_else_is_left() {
    let shop = Shop::open().await;
    assert_eq!(size(&shop.ballast()), Some(MIB));
    shop.disk.leave(NEARLY_FULL);
    assert_full(shop.create("pot").await);
    assert_eq!(size(&shop.ballast()), Some(MIB), "there is enough for deleting");
    shop.disk.leave(NEARLY_FULL - 1);
    shop.change("kettle", ProductAction::Delete).await.unwrap();
    assert_eq!(size(&shop.ballast()), None);
}

#[tokio::test]
async fn the_ballast_comes_back_with_the_room_for_it() {
    let shop = Shop::open().await;
    shop.disk.leave(0);
    assert_full(shop.create("pot").await);
    assert_eq!(size(&shop.ballast()), None);
    shop.disk.leave(257 * MIB - 1);
    assert_full(shop.create("pot").await);
    assert_eq!(size(&shop.ballast()), None, "then there would be too little room again");
    shop.disk.leave(257 * MIB);
    shop.create("pot").await.unwrap();
    assert_eq!(size(&shop.ballast()), Some(MIB));
}

#[tokio::test]
async fn a_full_disk_is_opened_and_the_ballast_given_up_first() {
    let shop = Shop::open().await;
    shop.disk.leave(0);
    let shop = shop.again(LIMITS);
    assert_eq!(size(&shop.ballast()), None);
    assert!(shop.get("kettle").await.is_some());
    shop.disk.leave(GIB);
    let shop = shop.again(LIMITS);
    assert_eq!(size(&shop.ballast()), Some(MIB));
}

#[rstest]
#[case::larger(2 * MIB, Some(2 * MIB))]
#[case::smaller(MIB / 2, Some(MIB / 2))]
#[case::none(0, None)]
#[tokio::test]
async fn the_ballast_has_the_size_that_is_set(#[case] ballast: u64, #[case] found: Option<u64>) {
    use std::os::unix::fs::MetadataExt as _;
    let shop = Shop::open().await.again(DiskLimits { ballast, ..LIMITS });
    assert_eq!(size(&shop.ballast()), found);
    let blocks = fs::metadata(shop.ballast()).map_or(0, |file| file.blocks());
    assert!(blocks * 512 >= ballast, "it takes up room: {blocks} blocks");
}

#[tokio::test]
async fn what_sqlite_has_no_room_for_gets_the_ballasts() {
    let shop = Shop::open().await;
    let refused = shop.store.writer.write(Ending::Keep, |db| {
        let used: i64 = db.query_row("PRAGMA page_count", [], |row| row.get(0))?;
        db.query_row(&format!("PRAGMA max_page_count = {used}"), [], |_| Ok(()))?;
        Ok(db.execute_batch("CREATE TABLE filler AS SELECT randomblob(1000000)")?)
    });
    assert_full(refused.await);
    assert_eq!(size(&shop.ballast()), None);
    shop.change("kettle", ProductAction::Publish).await.unwrap();
    assert_eq!(size(&shop.ballast()), None, "it does not take the room from what comes next");
}
