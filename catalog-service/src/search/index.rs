//! One tantivy index: opened from its folder or made in it, read by many, written by one pen.

use std::{fs, path::Path};

use tantivy::{
    Index, IndexReader, IndexSettings, IndexWriter, ReloadPolicy, TantivyError, Term,
    indexer::{IndexWriterOptions, LogMergePolicy},
    store::Compressor,
};

use super::{
    document::document,
    facets::Identities,
    mark::{Foreign, Mark},
    schema::Fields,
    tree::Tree,
};
use crate::{
    domain::{Currency, ProductId},
    store::changes::WholeProduct,
};

/// What the writing thread may buffer before it writes a segment: the least that tantivy takes.
const BUFFER: usize = 15_000_000;

/// Why an index cannot be used.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unusable {
    /// tantivy cannot.
    #[error(transparent)]
    Index(#[from] TantivyError),
    /// It is not of this version.
    #[error(transparent)]
    Foreign(#[from] Foreign),
    /// Its folder cannot be used.
    #[error(transparent)]
    Folder(#[from] std::io::Error),
    /// Files of it are not what was written.
    #[error("{0} of its files are damaged")]
    Damaged(usize),
}

/// An index that can be read.
pub(super) struct Opened {
    pub(super) index: Index,
    pub(super) reader: IndexReader,
    pub(super) fields: Fields,
    pub(super) identities: Identities,
}

impl Opened {
    /// An empty index in a folder, or in memory.
    pub(super) fn create(folder: Option<&Path>) -> Result<Self, Unusable> {
        let fields = Fields::new();
        let settings = IndexSettings {
            docstore_compression: Compressor::None,
            docstore_compress_dedicated_thread: false,
            ..IndexSettings::default()
        };
        let builder = Index::builder().schema(fields.schema.clone()).settings(settings);
        let index = match folder {
            Some(folder) => {
                fs::create_dir_all(folder)?;
                builder.create_in_dir(folder)?
            }
            None => builder.create_in_ram()?,
        };
        Self::of(index, fields)
    }

    /// The index in a folder, with what it says of itself.
    pub(super) fn open(folder: &Path) -> Result<(Self, Mark), Unusable> {
        let index = Index::open_in_dir(folder)?;
        let fields = Fields::new();
        if index.schema() != fields.schema {
            return Err(Foreign.into());
        }
        let mark = index.load_metas()?.payload.unwrap_or_default().parse()?;
        Ok((Self::of(index, fields)?, mark))
    }

    fn of(index: Index, fields: Fields) -> Result<Self, Unusable> {
        let reader = index.reader_builder().reload_policy(ReloadPolicy::Manual);
        let reader = reader.doc_store_cache_num_blocks(0).num_warming_threads(0).try_into()?;
        Ok(Self { index, reader, fields, identities: Identities::default() })
    }
}

/// Reads every byte of the index in a folder.
///
/// It opens it for itself: what is mapped to be read once does not stay in the memory of whoever searches.
pub(super) fn check(folder: &Path) -> Result<(), Unusable> {
    match Index::open_in_dir(folder)?.validate_checksum()?.len() {
        0 => Ok(()),
        damaged => Err(Unusable::Damaged(damaged)),
    }
}

/// Writes an index. Its buffers are there only between the first change and a pause.
pub(super) struct Pen {
    writer: Option<IndexWriter>,
}

impl Pen {
    /// A pen without buffers.
    pub(super) fn new() -> Self {
        Self { writer: None }
    }

    fn writer(&mut self, opened: &Opened) -> Result<&mut IndexWriter, Unusable> {
        match &mut self.writer {
            Some(writer) => Ok(writer),
            none => {
                let options = IndexWriterOptions::builder()
                    .memory_budget_per_thread(BUFFER)
                    .num_worker_threads(1)
                    .num_merge_threads(1)
                    .build();
                let writer = opened.index.writer_with_options(options)?;
                let mut policy = LogMergePolicy::default();
                policy.set_del_docs_ratio_before_merge(0.3);
                writer.set_merge_policy(Box::new(policy));
                Ok(none.insert(writer))
            }
        }
    }

    /// Takes products out.
    pub(super) fn remove(
        &mut self,
        opened: &Opened,
        ids: impl IntoIterator<Item = ProductId>,
    ) -> Result<(), Unusable> {
        let writer = self.writer(opened)?;
        for id in ids {
            writer.delete_term(Term::from_field_text(opened.fields.id, id.as_str()));
        }
        Ok(())
    }

    /// Puts products in that are not there.
    pub(super) fn add(
        &mut self,
        opened: &Opened,
        tree: &Tree,
        currency: Currency,
        products: &[WholeProduct],
    ) -> Result<(), Unusable> {
        let writer = self.writer(opened)?;
        for product in products {
            writer.add_document(document(&opened.fields, tree, currency, product))?;
        }
        Ok(())
    }

    /// Makes what was done durable, and found.
    pub(super) fn commit(&mut self, opened: &Opened, mark: &Mark) -> Result<(), Unusable> {
        let mut commit = self.writer(opened)?.prepare_commit()?;
        commit.set_payload(&mark.to_string());
        commit.commit()?;
        opened.reader.reload()?;
        opened.identities.keep_up(&opened.reader.searcher())?;
        Ok(())
    }

    /// Lets go of the buffers, once segments are merged.
    pub(super) fn rest(&mut self) -> Result<(), Unusable> {
        match self.writer.take() {
            Some(writer) => Ok(writer.wait_merging_threads()?),
            None => Ok(()),
        }
    }

    /// Whether it holds buffers.
    pub(super) fn is_resting(&self) -> bool {
        self.writer.is_none()
    }
}
