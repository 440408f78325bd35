//! Revisions between the domain and the contract.

use prost::Message as _;
use proto::catalog as wire;

use super::{Damaged, actor, product, time};
use crate::domain::{
    ChangeKind, Difference, OtherChange, Product, Revision, RevisionName, Uid, Variant,
};

/// A revision's document; `product` is the encoded product that it leaves, variants included.
pub(crate) fn document(revision: &Revision, product: &[u8]) -> Vec<u8> {
    let message = wire::ProductRevision {
        name: RevisionName { product: revision.product.clone(), number: revision.number }
            .to_string(),
        change: change_to_wire(revision.change).into(),
        changed_fields: revision.changed_fields.clone(),
        actor: Some(actor::to_wire(&revision.actor)),
        create_time: Some(time::to_wire(revision.create_time)),
        product: None,
        restored_revision: match revision.change {
            ChangeKind::RolledBack(to) => {
                RevisionName { product: revision.product.clone(), number: to }.to_string()
            }
            _ => String::new(),
        },
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

/// What is read of a revision when its product is not: everything else.
#[derive(Clone, PartialEq, prost::Message)]
pub(crate) struct Head {
    #[prost(string, tag = "1")]
    name: String,
    #[prost(enumeration = "wire::product_revision::Change", tag = "2")]
    change: i32,
    #[prost(string, repeated, tag = "3")]
    changed_fields: Vec<String>,
    #[prost(message, optional, tag = "4")]
    actor: Option<wire::Actor>,
    #[prost(message, optional, tag = "5")]
    create_time: Option<prost_types::Timestamp>,
}

impl Head {
    /// Reads it from a revision's document.
    pub(crate) fn read(document: &[u8]) -> Result<Self, Damaged> {
        Ok(Self::decode(document)?)
    }

    /// When the revision was made, in microseconds since 1970.
    pub(crate) fn micros(&self) -> i64 {
        time::kept(self.create_time).map_or(0, jiff::Timestamp::as_microsecond)
    }

    /// The resource name of who made it.
    pub(crate) fn actor(&self) -> &str {
        self.actor.as_ref().map_or("", |actor| actor.name.as_str())
    }

    /// The name of its kind, as [`ChangeKind::name`] has it.
    pub(crate) fn kind(&self) -> &'static str {
        let name = self.change().as_str_name();
        name.strip_prefix("CHANGE_").unwrap_or(name)
    }

    /// Its fields, one a line.
    pub(crate) fn fields(&self) -> String {
        self.changed_fields.join("\n")
    }

    fn told(self) -> Result<OtherChange, Damaged> {
        let read = || {
            Some(OtherChange {
                actor: self.actor.map(actor::from_wire)?,
                time: time::kept(self.create_time)?,
                fields: self.changed_fields,
            })
        };
        read().ok_or(Damaged::Content("revision"))
    }
}

/// What a kept revision changed.
pub(crate) fn change(document: &[u8]) -> Result<OtherChange, Damaged> {
    Head::read(document)?.told()
}

/// What a kept revision changed in a variant after a version of it. Going back, and restoring, change several at once; none: not this one.
pub(crate) fn change_of_variant(
    document: &[u8],
    uid: &Uid,
    version: u64,
) -> Result<Option<OtherChange>, Damaged> {
    let head = Head::read(document)?;
    use wire::product_revision::Change;
    if !matches!(head.change(), Change::RolledBack | Change::Undeleted) {
        return head.told().map(Some);
    }
    let (_, variants) = product(document)?;
    let Some(left) = variants.iter().find(|one| one.uid == *uid && one.version > version) else {
        return Ok(None);
    };
    let mut told = head.told()?;
    let own = format!("variants/{}.", left.id);
    told.fields.retain(|field| field.starts_with(&own));
    Ok(if told.fields.is_empty() { None } else { Some(told) })
}

/// The product that a revision left, with its variants.
pub(crate) fn product(document: &[u8]) -> Result<(Product, Vec<Variant>), Damaged> {
    let message = wire::ProductRevision::decode(document)?;
    let product = message.product.ok_or(Damaged::Content("revision"))?;
    product::from_message(product)
}

/// The number of a kept revision.
pub(crate) fn number(document: &[u8]) -> Result<u64, Damaged> {
    let name = Head::read(document)?.name;
    RevisionName::parse(&name).map(|name| name.number).map_err(|_| Damaged::Content("revision"))
}

/// A revision's document without the variants of its product.
pub(crate) fn without_variants(document: &[u8]) -> Result<Vec<u8>, Damaged> {
    let mut message = wire::ProductRevision::decode(document)?;
    if let Some(product) = &mut message.product {
        product.variants.clear();
    }
    Ok(message.encode_to_vec())
}

/// What differs between two revisions, as the contract tells it.
pub(crate) fn differences(differences: Vec<Difference>) -> Vec<wire::FieldDifference> {
    let to_wire = |one: Difference| wire::FieldDifference {
        field: one.field,
        old_values: one.old,
        new_values: one.new,
    };
    differences.into_iter().map(to_wire).collect()
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
        ChangeKind::RolledBack(_) => Change::RolledBack,
    }
}
