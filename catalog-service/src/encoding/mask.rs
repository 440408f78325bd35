//! Update masks (AIP-134, AIP-161).

/// MASK_INVALID: a path names no field that can be changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("update_mask: `{path}` is not a field of the {resource}")]
pub struct MaskError {
    /// The path.
    pub path: String,
    /// Whose field it is not.
    pub resource: &'static str,
}
