//! How the index keeps up with the store, and comes back from whatever happens to it.

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

#[tokio::test]
async fn a_write_is_found_as_soon_as_it_is_answered() {
    let shop = Shop::new().await;
    for number in 0..20 {
        let id = format!("mug-{number}");
        shop.sells(titled(&id, &format!("Mug{number}x"))).await;
        assert_eq!(shop.finds(&format!("mug{number}x")).await, std::slice::from_ref(&id));
        shop.acts(&id, ProductAction::Delete).await;
        assert!(shop.finds(&format!("mug{number}x")).await.is_empty());
    }
}

#[tokio::test]
async fn a_category_that_is_renamed_or_moved_takes_its_products_along() {
    let shop = Shop::new().await;
    shop.has_category("home", "Household", None).await;
    shop.has_category("garden", "Garden", None).await;
    shop.has_category("cups", "Cups", Some("home")).await;
    shop.sells(titled("mug", "Enamel mug").in_category("cups")).await;
    assert_eq!(shop.finds("household").await, ["mug"]);
    shop.moves_category("cups", "Beakers", Some("garden")).await;
    assert!(shop.finds("household").await.is_empty());
    assert!(shop.finds("cups").await.is_empty());
    assert_eq!(shop.finds("garden beakers").await, ["mug"]);
    shop.moves_category("garden", "Outdoors", None).await;
    assert_eq!(shop.finds("outdoors").await, ["mug"]);
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
async fn an_index_that_is_missing_is_made_anew() {
    let folder = tempfile::tempdir().unwrap();
    left(folder.path()).await;
    fs::remove_dir_all(folder.path().join("search")).unwrap();
    let shop = Shop::in_folder(folder.path()).await;
    assert_eq!(shop.finds("mug").await, ["mug"]);
    shop.close().await;
}

#[tokio::test]
async fn an_index_of_another_version_is_made_anew() {
    let folder = tempfile::tempdir().unwrap();
    let index = left(folder.path()).await;
    let meta = index.join("meta.json");
    let text = fs::read_to_string(&meta).unwrap();
    let this = format!("\"payload\":\"{} ", super::super::schema::VERSION);
    let text: String = text.replace("\"payload\": \"", "\"payload\":\"");
    assert!(text.contains(&this), "{text}");
    fs::write(&meta, text.replace(&this, "\"payload\":\"0 ")).unwrap();
    let shop = Shop::in_folder(folder.path()).await;
    assert_eq!(shop.finds("mug").await, ["mug"]);
    shop.close().await;
    assert_ne!(indexes(folder.path()), [index]);
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
        for damage in [Damage::Emptied, Damage::Turned] {
            let folder = tempfile::tempdir().unwrap();
            let index = left(folder.path()).await;
            let files = fs::read_dir(&index).unwrap().map(|entry| entry.unwrap().path());
            let hit: Vec<_> = files.filter(|path| path.to_string_lossy().ends_with(kind)).collect();
            assert!(!hit.is_empty(), "{kind}");
            hit.iter().for_each(|path| damage.done_to(path));
            let shop = Shop::in_folder(folder.path()).await;
            assert_eq!(shop.finds("mug").await, ["mug"], "{kind} {damage:?}");
            shop.close().await;
            // A letter of meta.json may be one that says nothing.
            let is_telling = kind != "meta.json" || matches!(damage, Damage::Emptied);
            assert!(!is_telling || indexes(folder.path()) != [index], "{kind} {damage:?}");
        }
    }
}

#[derive(Clone, Copy, Debug)]
enum Damage {
    Emptied,
    Turned,
}

impl Damage {
    fn done_to(self, path: &Path) {
        let mut bytes = fs::read(path).unwrap();
        match self {
            Self::Emptied => bytes.clear(),
            Self::Turned => {
                let middle = bytes.len() / 3;
                bytes[middle] ^= 0x55;
            }
        }
        fs::write(path, bytes).unwrap();
    }
}
