//! A disk that is really full: nothing acknowledged is lost, deleting goes on, and the rest does once there is room.
//!
//! The disk is a small tmpfs, which only root may mount: `make faults-disk`.

#![expect(clippy::unwrap_used, reason = "a fault that cannot be made proves nothing")]

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{ErrorKind, Write as _},
    path::{Path, PathBuf},
    process::Command,
};

use http::{Method, StatusCode};
use serde_json::{Value, json};
use tempfile::TempDir;
use tests::{
    pair::{Pair, Settings},
    web::{Answer, Web},
};

const PRODUCTS: usize = 60;

const WITH_BALLAST: Settings =
    &[("SHELF_DATABASE_BALLAST_MIB", "8"), ("SHELF_DATABASE_READ_ONLY_BELOW_MIB", "8")];
const WITHOUT_BALLAST: Settings =
    &[("SHELF_DATABASE_BALLAST_MIB", "0"), ("SHELF_DATABASE_READ_ONLY_BELOW_MIB", "8")];

/// A disk of 48 MiB, until it is dropped.
struct Disk {
    folder: TempDir,
}

impl Disk {
    fn mounted() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut mount = Command::new("mount");
        let mounted = mount.args(["-t", "tmpfs", "-o", "size=48m", "faults"]).arg(folder.path());
        assert!(mounted.status().unwrap().success(), "mounting needs root: run this as root");
        Self { folder }
    }

    /// A folder on it.
    fn folder(&self) -> TempDir {
        tempfile::tempdir_in(self.folder.path()).unwrap()
    }

    /// Uses up what is left, to the last page.
    fn fill(&self) {
        let mut filler = File::create(self.filler()).unwrap();
        let ended = loop {
            if let Err(error) = filler.write_all(&[1; 4_096]) {
                break error;
            }
        };
        assert_eq!(ended.kind(), ErrorKind::StorageFull, "{ended}");
    }

    fn make_room(&self) {
        fs::remove_file(self.filler()).unwrap();
    }

    fn filler(&self) -> PathBuf {
        self.folder.path().join("filler")
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let unmounted = Command::new("umount").arg("--lazy").arg(self.folder.path()).status();
        assert!(unmounted.unwrap().success(), "{} stays mounted", self.folder.path().display());
    }
}

/// What was acknowledged last of each product.
#[derive(Default)]
struct Ledger(BTreeMap<String, Value>);

impl Ledger {
    async fn create(&mut self, web: &Web, id: &str) -> Answer {
        let path = format!("/v1/products?productId={id}");
        let answer =
            web.post(&path, &json!({ "title": id, "description": "x".repeat(4_000) })).await;
        self.note(id, answer)
    }

    async fn delete(&mut self, web: &Web, id: &str) -> Answer {
        let answer = web.ask(Method::DELETE, &format!("/v1/products/{id}")).send().await;
        self.note(id, answer)
    }

    fn note(&mut self, id: &str, answer: Answer) -> Answer {
        if answer.status == StatusCode::OK {
            self.0.insert(id.to_owned(), answer.json());
        } else {
            assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS, "{}", answer.text());
            assert_eq!(answer.reason(), "STORE_FULL");
        }
        answer
    }

    /// Finds each product as it was acknowledged, and none besides.
    async fn check(&self, web: &Web) {
        web.until("/readyz", StatusCode::OK).await;
        for (id, acknowledged) in &self.0 {
            let found = web.get(&format!("/v1/products/{id}")).await.json();
            assert_eq!(found["etag"], acknowledged["etag"], "{id}");
            assert_eq!(found["deleteTime"], acknowledged["deleteTime"], "{id}");
        }
        let all = web.get("/v1/products?showDeleted=true&pageSize=1").await.json();
        assert_eq!(all["totalSize"], self.0.len());
    }
}

/// A shop with some products, started anew so that its journal is empty.
async fn shop(disk: &Disk, settings: Settings) -> (Pair, Web, Ledger) {
    let mut pair = Pair::start_in(disk.folder(), settings).await;
    let web = pair.web().with_token(pair.people.editor.token());
    let mut ledger = Ledger::default();
    for number in 0..PRODUCTS {
        let created = ledger.create(&web, &format!("p{number}")).await;
        assert_eq!(created.status, StatusCode::OK, "{}", created.text());
    }
    pair.stop_catalog().await;
    pair.start_catalog().await;
    ledger.check(&web).await;
    (pair, web, ledger)
}

fn ballast(folder: &Path) -> Option<u64> {
    fs::metadata(folder.join("shelf.db.ballast")).ok().map(|file| file.len())
}

#[tokio::test(flavor = "multi_thread")]
async fn on_a_full_disk_deleting_goes_on_and_nothing_acknowledged_is_lost() {
    let disk = Disk::mounted();
    let (mut pair, web, mut ledger) = shop(&disk, WITH_BALLAST).await;
    assert_eq!(ballast(pair.folder()), Some(8 << 20));
    disk.fill();

    let refused = ledger.create(&web, "late").await;
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS, "{}", refused.text());
    for number in 0..PRODUCTS / 2 {
        let deleted = ledger.delete(&web, &format!("p{number}")).await;
        assert_eq!(deleted.status, StatusCode::OK, "p{number}: {}", deleted.text());
    }
    assert_eq!(ballast(pair.folder()), None);
    ledger.check(&web).await;

    pair.kill_catalog().await;
    pair.start_catalog().await;
    ledger.check(&web).await;
    let refused = ledger.create(&web, "late").await;
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS, "{}", refused.text());

    disk.make_room();
    let created = ledger.create(&web, "late").await;
    assert_eq!(created.status, StatusCode::OK, "with the first write: {}", created.text());
    assert_eq!(ballast(pair.folder()), Some(8 << 20));
    pair.kill_catalog().await;
    pair.start_catalog().await;
    ledger.check(&web).await;
}

/// If deleting went on here, too, the other test would prove nothing about the ballast.
#[tokio::test(flavor = "multi_thread")]
async fn without_a_ballast_a_full_disk_refuses_to_delete_and_loses_nothing_either() {
    let disk = Disk::mounted();
    let (mut pair, web, mut ledger) = shop(&disk, WITHOUT_BALLAST).await;
    disk.fill();
    let refused = ledger.delete(&web, "p0").await;
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS, "{}", refused.text());
    ledger.check(&web).await;
    disk.make_room();
    let deleted = ledger.delete(&web, "p0").await;
    assert_eq!(deleted.status, StatusCode::OK, "{}", deleted.text());
    pair.kill_catalog().await;
    pair.start_catalog().await;
    ledger.check(&web).await;
}
