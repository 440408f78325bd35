//! Reads batches: how many items there may be, what is said once for all of them, and the items one by one.

use proto::catalog as wire;
use tonic::Status;

use super::{parse::Reading, problem};
use crate::{
    catalog::{self, Catalog},
    encoding::MaskError,
};

/// An item of a batch: a request that is one of its own elsewhere.
pub(super) trait Item {
    /// What makes it safe to send again.
    fn request_id(&self) -> &str;
    /// Whether it is only to be checked.
    fn validate_only(&self) -> bool;
}

macro_rules! items {
    ($($message:ident),+ $(,)?) => {$(
        impl Item for wire::$message {
            fn request_id(&self) -> &str {
                &self.request_id
            }

            fn validate_only(&self) -> bool {
                self.validate_only
            }
        }
    )+};
}

items! {
    CreateProductRequest,
    UpdateProductRequest,
    DeleteProductRequest,
    UndeleteProductRequest,
    PublishProductRequest,
    UnpublishProductRequest,
    UpdateVariantRequest,
}

/// Reads the items one by one: `read` is given each with its path, such as `requests[3]`.
pub(super) fn read<I: Item, T>(
    items: Vec<I>,
    reading: &mut Reading,
    mut read: impl FnMut(I, &str, &mut Reading) -> T,
) -> Vec<T> {
    let mut one = |(index, item): (usize, I)| {
        let at = format!("requests[{index}]");
        nothing_of_the_batch(&item, &at, reading);
        read(item, &at, reading)
    };
    items.into_iter().enumerate().map(&mut one).collect()
}

/// Items leave to the batch what is said once for all of them.
fn nothing_of_the_batch(item: &impl Item, at: &str, reading: &mut Reading) {
    let said =
        [("request_id", !item.request_id().is_empty()), ("validate_only", item.validate_only())];
    for (field, _) in said.into_iter().filter(|(_, is_said)| *is_said) {
        let fault = "stands in the batch, not in its items";
        reading.violations().add(format!("{at}.{field}"), fault);
    }
}

/// Refuses a batch that is too large before its items are read.
///
/// # Errors
/// BATCH_TOO_LARGE.
pub(super) fn check(given: usize) -> Result<(), Status> {
    let most = Catalog::LARGEST_BATCH;
    if given <= most {
        return Ok(());
    }
    Err(problem::of_catalog(catalog::Error::BatchTooLarge { given, most }))
}

/// The masks of a batch's items.
///
/// # Errors
/// MASK_INVALID, which names each item whose mask names no field.
pub(super) fn masks<M>(read: impl Iterator<Item = Result<M, MaskError>>) -> Result<Vec<M>, Status> {
    let (mut masks, mut faults) = (Vec::new(), Vec::new());
    for (index, mask) in read.enumerate() {
        match mask {
            Ok(mask) => masks.push(mask),
            Err(error) => faults.push((index, error)),
        }
    }
    if faults.is_empty() { Ok(masks) } else { Err(problem::of_masks(&faults)) }
}
