//! The categories as a tree, as the index and the facets need it.

use std::collections::{BTreeSet, HashMap};

use super::pieces::{Piece, pieces};
use crate::domain::{Category, CategoryId};

/// No tree is deeper; one that seems to be goes round in a circle.
const DEEPEST: usize = 64;

/// The categories of the shop.
#[derive(Debug, Default)]
pub(super) struct Tree {
    nodes: HashMap<CategoryId, Node>,
}

#[derive(Debug)]
struct Node {
    title: String,
    /// The words of the title, as they are compared with typed ones.
    words: Vec<String>,
    parent: Option<CategoryId>,
}

impl Tree {
    /// The tree of these categories.
    pub(super) fn of(categories: impl IntoIterator<Item = Category>) -> Self {
        let node = |category: Category| {
            let words = pieces(&category.title).into_iter().map(|piece| piece.text).collect();
            (category.id, Node { title: category.title, words, parent: category.parent })
        };
        Self { nodes: categories.into_iter().map(node).collect() }
    }

    /// What a category is called.
    pub(super) fn title(&self, id: &CategoryId) -> Option<&str> {
        self.nodes.get(id).map(|node| node.title.as_str())
    }

    /// The category above one.
    pub(super) fn parent(&self, id: &CategoryId) -> Option<&CategoryId> {
        self.nodes.get(id)?.parent.as_ref()
    }

    /// All categories with their titles, of which each of these words begins a word.
    pub(super) fn beginning<'a>(
        &'a self,
        typed: &'a [Piece],
    ) -> impl Iterator<Item = (&'a CategoryId, &'a str)> {
        let alike = self.nodes.iter().filter(|(_, node)| begin(&node.words, typed));
        alike.map(|(id, node)| (id, node.title.as_str()))
    }

    /// The category and all above it, from below.
    pub(super) fn path<'a>(&'a self, id: &'a CategoryId) -> impl Iterator<Item = &'a CategoryId> {
        std::iter::successors(Some(id), |id| self.parent(id)).take(DEEPEST)
    }

    /// These categories and all below them; those that are gone, too, as products may still name them.
    pub(super) fn with_those_below(&self, ids: &BTreeSet<CategoryId>) -> Vec<CategoryId> {
        let is_below = |id: &&CategoryId| self.path(id).any(|above| ids.contains(above));
        let below = self.nodes.keys().filter(is_below);
        let mut found: BTreeSet<_> = below.cloned().collect();
        found.extend(ids.iter().cloned());
        found.into_iter().collect()
    }
}

/// Whether each of the typed words is the beginning of one of these.
pub(super) fn begin(words: &[String], typed: &[Piece]) -> bool {
    let is_there = |typed: &Piece| words.iter().any(|word| word.starts_with(&typed.text));
    !typed.is_empty() && typed.iter().all(is_there)
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::domain::{Slug, Uid};

    fn id(text: &str) -> CategoryId {
        CategoryId::parse(text).unwrap()
    }

    fn tree(edges: &[(&str, Option<&str>)]) -> Tree {
        Tree::of(edges.iter().map(|(name, parent)| Category {
            id: id(name),
            uid: Uid::new(*name),
            version: 1,
            title: name.to_uppercase(),
            slug: Slug::parse(name).unwrap(),
            description: String::new(),
            parent: parent.map(id),
            create_time: Timestamp::UNIX_EPOCH,
            update_time: Timestamp::UNIX_EPOCH,
        }))
    }

    #[test]
    fn a_category_comes_with_all_above_and_all_below() {
        let tree = tree(&[("home", None), ("kitchen", Some("home")), ("mugs", Some("kitchen"))]);
        let mugs = id("mugs");
        let path: Vec<_> = tree.path(&mugs).map(CategoryId::as_str).collect();
        assert_eq!(path, ["mugs", "kitchen", "home"]);
        let below = tree.with_those_below(&BTreeSet::from([id("kitchen"), id("gone")]));
        assert_eq!(below, [id("gone"), id("kitchen"), id("mugs")]);
    }

    #[test]
    fn a_circle_has_an_end() {
        let tree = tree(&[("a", Some("b")), ("b", Some("a"))]);
        assert_eq!(tree.path(&id("a")).count(), DEEPEST);
    }
}
