//! Where the indexes of a store lie: each in a folder of its own beside the store's files, so that one can be made while another
//! still answers.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use sha2::{Digest as _, Sha256};

use crate::{
    search::{
        index::{Opened, Unusable},
        mark::Mark,
    },
    store::Store,
};

/// The folder of a store's indexes, and how the store is known.
#[derive(Clone, Debug)]
pub(super) struct Place {
    /// None: the store ends with the process, and so does its index.
    folder: Option<PathBuf>,
    store: String,
}

impl Place {
    /// The place of a store.
    pub(super) fn of(store: &dyn Store) -> Self {
        // The keys are made with the store and are its own.
        let digest = Sha256::new().chain_update(b"search").chain_update(store.token_keys()[0]);
        let known = digest.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        Self { folder: store.folder().map(|folder| folder.join("search")), store: known }
    }

    /// How the store is known.
    pub(super) fn store(&self) -> &str {
        &self.store
    }

    /// The index that is whole and of this store, and where it is.
    pub(super) async fn find(&self) -> Option<(Arc<Opened>, Mark, PathBuf)> {
        let place = self.clone();
        let found = tokio::task::spawn_blocking(move || {
            place.own().into_iter().find_map(|folder| {
                let (opened, mark) = place.open(&folder)?;
                Some((opened, mark, folder))
            })
        });
        found.await.ok().flatten()
    }

    fn open(&self, folder: &Path) -> Option<(Arc<Opened>, Mark)> {
        match Opened::open(folder) {
            Ok((opened, mark)) if mark.is_whole && mark.store == self.store => {
                Some((Arc::new(opened), mark))
            }
            Ok(_) => None,
            Err(reason) => {
                tracing::info!(%reason, folder = %folder.display(), "a search index cannot be used");
                None
            }
        }
    }

    /// An empty index in a folder that none has, and where it is.
    pub(super) fn create(&self) -> Result<(Opened, Option<PathBuf>), Unusable> {
        let Some(folder) = &self.folder else { return Ok((Opened::create(None)?, None)) };
        let free = (1..).map(|number: u64| folder.join(format!("{}-{number}", self.store)));
        let free = free.into_iter().find(|folder| !folder.exists()).unwrap_or_default();
        Ok((Opened::create(Some(&free))?, Some(free)))
    }

    /// Removes the indexes of this store, all but one. Those who still read them keep them until they are done.
    pub(super) fn remove_others(&self, kept: Option<&Path>) {
        for folder in self.own().into_iter().filter(|folder| Some(folder.as_path()) != kept) {
            if let Err(error) = fs::remove_dir_all(&folder) {
                tracing::warn!(%error, folder = %folder.display(), "could not remove a search index");
            }
        }
    }

    /// The folders of this store's indexes, the newest first.
    fn own(&self) -> Vec<PathBuf> {
        let Some(folder) = &self.folder else { return Vec::new() };
        let number = |path: &Path| {
            let name = path.file_name()?.to_str()?;
            name.strip_prefix(&self.store)?.strip_prefix('-')?.parse::<u64>().ok()
        };
        let entries = fs::read_dir(folder).into_iter().flatten().flatten();
        let mut own: Vec<_> =
            entries.filter_map(|entry| Some((number(&entry.path())?, entry.path()))).collect();
        own.sort_by_key(|(number, _)| std::cmp::Reverse(*number));
        own.into_iter().map(|(_, path)| path).collect()
    }
}
