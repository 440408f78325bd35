//! Changes of the feed, as the contract tells them.

use prost::Message as _;
use proto::catalog as wire;

use super::{actor, time};
use crate::domain::{EntryKind, FeedEntry, product_of};

/// A change's document.
pub(crate) fn document(entry: FeedEntry) -> Vec<u8> {
    message(entry).encode_to_vec()
}

/// A change as a message.
pub(crate) fn message(entry: FeedEntry) -> wire::Change {
    let revision = entry.revision.zip(product_of(&entry.resource));
    let revision =
        revision.map(|(number, product)| format!("products/{product}/revisions/{number}"));
    wire::Change {
        number: entry.number,
        kind: kind_to_wire(entry.kind).into(),
        revision: revision.unwrap_or_default(),
        resource: entry.resource,
        title: entry.title,
        changed_fields: entry.changed_fields,
        actor: Some(actor::to_wire(&entry.actor)),
        create_time: Some(time::to_wire(entry.create_time)),
        request_id: entry.request_id.unwrap_or_default(),
    }
}

fn kind_to_wire(kind: EntryKind) -> wire::change::Kind {
    use wire::change::Kind;
    match kind {
        EntryKind::Created => Kind::Created,
        EntryKind::Updated => Kind::Updated,
        EntryKind::Deleted => Kind::Deleted,
        EntryKind::Undeleted => Kind::Undeleted,
        EntryKind::Expunged => Kind::Expunged,
        EntryKind::Published => Kind::Published,
        EntryKind::Unpublished => Kind::Unpublished,
        EntryKind::Archived => Kind::Archived,
        EntryKind::RolledBack => Kind::RolledBack,
    }
}
