//! The shop's tree of categories, walked from the top for pages that print it as nested lists.

use proto::catalog::Category;

/// A tree deeper than this is a mistake of somebody else; a page still ends.
const DEEPEST: usize = 64;

/// One category of a walk, and what a nested list closes and opens behind it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Branch<'a> {
    pub(crate) category: &'a Category,
    /// How many stand above it.
    pub(crate) depth: usize,
    /// Whether the next one stands below it.
    pub(crate) opens: bool,
    /// How many lists end behind it.
    pub(crate) closes: usize,
}

/// The categories from the top, each before those below it, siblings in the order given; those below one that is not `open` are left
/// out.
pub(crate) fn walk<'a>(
    categories: &'a [Category],
    open: impl Fn(&Category) -> bool,
) -> Vec<Branch<'a>> {
    let mut walked = Vec::with_capacity(categories.len());
    below(categories, "", 0, &open, &mut walked);
    let depths: Vec<usize> = walked.iter().map(|branch| branch.depth).skip(1).chain([0]).collect();
    for (branch, next) in walked.iter_mut().zip(depths) {
        branch.opens = next > branch.depth;
        branch.closes = branch.depth.saturating_sub(next);
    }
    walked
}

fn below<'a>(
    categories: &'a [Category],
    parent: &str,
    depth: usize,
    open: &impl Fn(&Category) -> bool,
    walked: &mut Vec<Branch<'a>>,
) {
    for category in categories.iter().filter(|category| category.parent == parent) {
        walked.push(Branch { category, depth, opens: false, closes: 0 });
        if depth < DEEPEST && open(category) {
            below(categories, &category.name, depth + 1, open, walked);
        }
    }
}

/// A category with those above it, from the top; nothing for a name that no category has.
pub(crate) fn path_to<'a>(categories: &'a [Category], name: &str) -> Vec<&'a Category> {
    let find = |name: &str| categories.iter().find(|category| category.name == name);
    let mut path: Vec<&Category> = Vec::new();
    let mut at = find(name);
    while let (Some(category), true) = (at, path.len() < DEEPEST) {
        path.push(category);
        at = find(&category.parent);
    }
    path.reverse();
    path
}

/// Whether a category is `name`, or stands below it.
pub(crate) fn is_within(categories: &[Category], category: &Category, name: &str) -> bool {
    path_to(categories, &category.name).iter().any(|above| above.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(list: &[(&str, &str)]) -> Vec<Category> {
        let one = |(name, parent): &(&str, &str)| Category {
            name: (*name).to_owned(),
            title: (*name).to_owned(),
            parent: (*parent).to_owned(),
            ..Default::default()
        };
        list.iter().map(one).collect()
    }

    /// The nested lists that a page would print.
    fn printed(branches: &[Branch<'_>]) -> String {
        let one = |branch: &Branch<'_>| {
            let behind = if branch.opens { "(".to_owned() } else { ")".repeat(branch.closes) };
            format!("{}{behind} ", branch.category.title)
        };
        branches.iter().map(one).collect::<String>().trim_end().to_owned()
    }

    #[test]
    fn a_walk_opens_and_closes_every_list() {
        let all = tree(&[("d", "c"), ("a", ""), ("b", "a"), ("c", "a"), ("e", "")]);
        assert_eq!(printed(&walk(&all, |_| true)), "a( b c( d)) e");
        assert_eq!(printed(&walk(&all, |one| one.name == "a")), "a( b c) e");
        assert_eq!(printed(&walk(&all, |_| false)), "a e");
        let last = tree(&[("a", ""), ("b", "a"), ("c", "b")]);
        assert_eq!(printed(&walk(&last, |_| true)), "a( b( c))");
        assert_eq!(printed(&walk(&[], |_| true)), "");
    }

    #[test]
    fn a_path_leads_from_the_top() {
        let all = tree(&[("a", ""), ("b", "a"), ("c", "b"), ("d", "nowhere")]);
        let names =
            |name| path_to(&all, name).iter().map(|one| one.name.as_str()).collect::<Vec<_>>();
        assert_eq!(names("c"), ["a", "b", "c"]);
        assert_eq!(names("d"), ["d"]);
        assert_eq!(names("x"), [] as [&str; 0]);
        assert!(is_within(&all, &all[2], "a") && is_within(&all, &all[0], "a"));
        assert!(!is_within(&all, &all[0], "b"));
    }

    #[test]
    fn a_circle_of_somebody_elses_ends() {
        let all = tree(&[("a", "b"), ("b", "a")]);
        assert_eq!(path_to(&all, "a").len(), DEEPEST);
        assert!(walk(&all, |_| true).is_empty());
    }
}
