//! Revisions between the domain and the contract.

use prost::Message as _;
use proto::catalog as wire;

use super::{Damaged, actor, time};
use crate::domain::{ChangeKind, OtherChange, Revision};

/// A revision's document; `product` is the encoded product that it leaves, variants included.
pub(crate) fn document(revision: &Revision, product: &[u8]) -> Vec<u8> {
    let message = wire::ProductRevision {
        name: format!("{}/revisions/{}", revision.product.name(), revision.number),
        change: change_to_wire(revision.change).into(),
        changed_fields: revision.changed_fields.clone(),
        actor: Some(actor::to_wire(&revision.actor)),
        create_time: Some(time::to_wire(revision.create_time)),
        product: None,
    };
    let mut document = Vec::with_capacity(message.encoded_len() + product.len() + 6);
    message.encode_raw(&mut document);
    prost::encoding::encode_key(PRODUCT, prost::encoding::WireType::LengthDelimited, &mut document);
    prost::encoding::encode_varint(product.len() as u64, &mut document);
    document.extend_from_slice(product);
    document
}

/// The number of the field that holds the product.
const PRODUCT: u32 = 6;

/// What a kept revision changed.
pub(crate) fn change(bytes: &[u8]) -> Result<OtherChange, Damaged> {
    let message = wire::ProductRevision::decode(bytes)?;
    let read = || {
        Some(OtherChange {
            actor: message.actor.map(actor::from_wire)?,
            time: time::kept(message.create_time)?,
            fields: message.changed_fields,
        })
    };
    read().ok_or(Damaged::Content("revision"))
}

fn change_to_wire(change: ChangeKind) -> wire::product_revision::Change {
    use wire::product_revision::Change;
    match change {
        ChangeKind::Created => Change::Created,
        ChangeKind::Updated => Change::Updated,
        ChangeKind::Deleted => Change::Deleted,
        ChangeKind::Undeleted => Change::Undeleted,
        ChangeKind::Published => Change::Published,
        ChangeKind::Unpublished => Change::Unpublished,
        ChangeKind::Archived => Change::Archived,
        ChangeKind::VariantCreated => Change::VariantCreated,
        ChangeKind::VariantDeleted => Change::VariantDeleted,
    }
}
