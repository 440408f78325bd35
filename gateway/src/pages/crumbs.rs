//! The way from the top of the shop to where one is, as links and as JSON-LD.

use proto::catalog::Category;

use super::tree::path_to;

/// A category above.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Crumb {
    pub(crate) slug: String,
    pub(crate) title: String,
}

/// A category with those above it, from the top; nothing for a name that no category has.
pub(crate) fn crumbs(categories: &[Category], name: &str) -> Vec<Crumb> {
    let path = path_to(categories, name).into_iter();
    path.map(|one| Crumb { slug: one.slug.clone(), title: one.title.clone() }).collect()
}
