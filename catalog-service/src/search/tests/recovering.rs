//! How the index comes back from whatever happens to its files, with nothing lost.

use std::{fs, path::PathBuf};

use super::*;

/// The folders of the indexes in a data folder.
fn indexes(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder.join("search")).unwrap();
    entries.map(|entry| entry.unwrap().path()).collect()
}

/// Makes some products, closes the shop, and gives the folder of its index.
async fn left(folder: &Path) -> PathBuf {
    let shop = Shop::in_folder(folder).await;
    shop.sells(titled("mug", "Enamel mug")).await;
    assert_eq!(shop.finds("mug").await, ["mug"]);
    shop.close().await;
    let mut indexes = indexes(folder);
    assert_eq!(indexes.len(), 1);
    indexes.remove(0)
}

/// Whatever lies in the folder, everything is found, by an index that is whole.
async fn finds_all(folder: &Path) {
    let shop = Shop::in_folder(folder).await;
    let page = shop.page(search("mug"), None).await;
    assert_eq!(ids(&page), ["mug"]);
    assert!(!page.finding.is_incomplete);
    shop.close().await;
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        fs::copy(&path, to.join(path.file_name().unwrap())).unwrap();
    }
}

fn edited(index: &Path, change: impl Fn(String) -> String) {
    let meta = index.join("meta.json");
    let before = fs::read_to_string(&meta).unwrap();
    let after = change(before.clone());
    assert_ne!(before, after);
    fs::write(meta, after).unwrap();
}

#[tokio::test]
async fn an_index_is_taken_up_where_it_was_left() {
    let folder = tempfile::tempdir().unwrap();
    let index = left(folder.path()).await;
    let shop = Shop::in_folder(folder.path()).await;
    shop.sells(titled("jug", "Enamel jug")).await;
    let mut found = shop.finds("enamel").await;
    found.sort();
    assert_eq!(found, ["jug", "mug"]);
    shop.close().await;
    assert_eq!(indexes(folder.path()), [index]);
}

#[tokio::test]
async fn an_index_that_is_behind_catches_up() {
    let folder = tempfile::tempdir().unwrap();
    let index = left(folder.path()).await;
    let old = folder.path().join("old");
    copy(&index, &old);
    let shop = Shop::in_folder(folder.path()).await;
    shop.has_category("cups", "Cups", None).await;
    shop.sells(titled("jug", "Enamel jug").in_category("cups")).await;
    shop.moves_category("cups", "Pitchers", None).await;
    shop.acts("mug", ProductAction::Delete).await;
    assert_eq!(shop.finds("pitchers").await, ["jug"]);
    shop.close().await;
    fs::remove_dir_all(&index).unwrap();
    copy(&old, &index);
    let shop = Shop::in_folder(folder.path()).await;
    assert_eq!(shop.finds("enamel").await, ["jug"]);
    assert_eq!(shop.finds("pitchers").await, ["jug"]);
    assert!(shop.finds("cups").await.is_empty());
    shop.close().await;
    assert_eq!(indexes(folder.path()), [index]);
}

#[tokio::test]
async fn an_index_that_is_missing_is_made_anew() {
    let folder = tempfile::tempdir().unwrap();
    left(folder.path()).await;
    fs::remove_dir_all(folder.path().join("search")).unwrap();
    finds_all(folder.path()).await;
    let index = indexes(folder.path()).remove(0);
    fs::remove_dir_all(&index).unwrap();
    finds_all(folder.path()).await;
}

#[tokio::test]
async fn an_index_of_another_version_is_made_anew() {
    let folder = tempfile::tempdir().unwrap();
    let index = left(folder.path()).await;
    let this = format!("\"payload\":\"{} ", super::super::schema::VERSION);
    edited(&index, |text| {
        text.replace("\"payload\": \"", "\"payload\":\"").replace(&this, "\"payload\":\"0 ")
    });
    finds_all(folder.path()).await;
    assert_ne!(indexes(folder.path()), [index]);
}

#[tokio::test]
async fn what_was_being_made_when_the_process_ended_is_not_taken_and_not_kept() {
    let folder = tempfile::tempdir().unwrap();
    let index = left(folder.path()).await;
    let name = index.file_name().unwrap().to_str().unwrap();
    let (store, _) = name.rsplit_once('-').unwrap();
    // One that had come some way, and one that had not come to its first state.
    let begun = index.with_file_name(format!("{store}-7"));
    copy(&index, &begun);
    edited(&begun, |text| text.replace(" true\"", " false\""));
    fs::create_dir(index.with_file_name(format!("{store}-8"))).unwrap();
    finds_all(folder.path()).await;
    assert_eq!(indexes(folder.path()), std::slice::from_ref(&index));

    // The same where there is no other.
    fs::rename(&index, &begun).unwrap();
    edited(&begun, |text| text.replace(" true\"", " false\""));
    finds_all(folder.path()).await;
    assert_eq!(indexes(folder.path()).len(), 1);
    assert_ne!(indexes(folder.path()), [begun]);
}

#[tokio::test]
async fn the_index_of_another_store_is_not_taken() {
    let (folder, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let index = left(folder.path()).await;
    let shop = Shop::in_folder(other.path()).await;
    shop.sells(titled("theirs", "Their mug")).await;
    assert_eq!(shop.finds("mug").await, ["theirs"]);
    shop.close().await;
    // Under its own name, and under that of this store.
    let theirs = indexes(other.path()).remove(0);
    copy(&theirs, &index.with_file_name(theirs.file_name().unwrap()));
    fs::remove_dir_all(&index).unwrap();
    copy(&theirs, &index);
    finds_all(folder.path()).await;
}

#[tokio::test]
async fn an_index_that_is_ahead_of_its_store_is_made_anew() {
    let folder = tempfile::tempdir().unwrap();
    let shop = Shop::in_folder(folder.path()).await;
    shop.sells(titled("mug", "Enamel mug")).await;
    shop.close().await;
    let database = folder.path().join("shelf.db");
    let backup = fs::read(&database).unwrap();
    let shop = Shop::in_folder(folder.path()).await;
    shop.sells(titled("jug", "Enamel jug")).await;
    assert_eq!(shop.finds("jug").await, ["jug"]);
    shop.close().await;
    fs::write(&database, backup).unwrap();
    let shop = Shop::in_folder(folder.path()).await;
    assert_eq!(shop.finds("enamel").await, ["mug"]);
    shop.close().await;
}

#[tokio::test]
async fn damaged_files_are_noticed_and_the_index_is_made_anew() {
    for kind in ["meta.json", ".term", ".idx", ".fast", ".pos", ".store", ".fieldnorm"] {
        for damage in [Damage::Emptied, Damage::Cut, Damage::Turned, Damage::Longer, Damage::Gone] {
            let folder = tempfile::tempdir().unwrap();
            let index = left(folder.path()).await;
            let files = fs::read_dir(&index).unwrap().map(|entry| entry.unwrap().path());
            let hit: Vec<_> = files.filter(|path| path.to_string_lossy().ends_with(kind)).collect();
            assert!(!hit.is_empty(), "{kind}");
            hit.iter().for_each(|path| damage.done_to(path));
            finds_all(folder.path()).await;
            // A letter of meta.json may be one that says nothing.
            let is_telling = kind != "meta.json" || !matches!(damage, Damage::Turned);
            assert!(!is_telling || indexes(folder.path()) != [index], "{kind} {damage:?}");
        }
    }
}

#[derive(Clone, Copy, Debug)]
enum Damage {
    Emptied,
    Cut,
    Turned,
    Longer,
    Gone,
}

impl Damage {
    fn done_to(self, path: &Path) {
        let mut bytes = fs::read(path).unwrap();
        match self {
            Self::Emptied => bytes.clear(),
            Self::Cut => bytes.truncate(bytes.len() * 2 / 3),
            Self::Turned => {
                let middle = bytes.len() / 3;
                bytes[middle] ^= 0x55;
            }
            Self::Longer => bytes.extend_from_slice(b"more"),
            Self::Gone => return fs::remove_file(path).unwrap(),
        }
        fs::write(path, bytes).unwrap();
    }
}
