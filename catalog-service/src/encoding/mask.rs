//! Update masks (AIP-134, AIP-161).

use prost_types::FieldMask;

/// MASK_INVALID: a path names no field that can be changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("update_mask: `{path}` is not a field of the {resource}; name fields as the contract does")]
pub struct MaskError {
    /// The path.
    pub path: String,
    /// Whose field it is not.
    pub resource: &'static str,
}

/// What a caller's mask asks for.
pub(super) enum Asked<'a> {
    /// There is no mask: what is set in the message counts.
    WhatIsSet,
    /// `*`
    Everything,
    /// These paths.
    Paths(&'a [String]),
}

/// Sorts a mask out; an empty one counts as none.
pub(super) fn asked(mask: Option<&FieldMask>) -> Asked<'_> {
    match mask.map(|mask| mask.paths.as_slice()) {
        None | Some([]) => Asked::WhatIsSet,
        Some(paths) if paths.iter().any(|path| path == "*") => Asked::Everything,
        Some(paths) => Asked::Paths(paths),
    }
}

/// Reads a mask of a resource whose fields stand alone. Output-only fields may be named, and are ignored.
pub(super) fn plain<F: Copy + PartialEq>(
    mask: Option<&FieldMask>,
    all: &[(&str, F, bool)],
    ignored: &[&str],
    resource: &'static str,
) -> Result<Vec<F>, MaskError> {
    let chosen = |test: &dyn Fn(&str, bool) -> bool| {
        let fields = all.iter().filter(|(name, _, is_set)| test(name, *is_set));
        fields.map(|(_, field, _)| *field).collect()
    };
    match asked(mask) {
        Asked::WhatIsSet => Ok(chosen(&|_, is_set| is_set)),
        Asked::Everything => Ok(chosen(&|_, _| true)),
        Asked::Paths(paths) => {
            let known =
                |path: &str| ignored.contains(&path) || all.iter().any(|(name, ..)| *name == path);
            match paths.iter().find(|path| !known(path)) {
                Some(path) => Err(MaskError { path: path.clone(), resource }),
                None => Ok(chosen(&|name, _| paths.iter().any(|path| path == name))),
            }
        }
    }
}
