//! What a search can be narrowed by, as boxes of a form, and what it was, as links that take it away.

use proto::catalog::{CategoryFacet, PriceFacet, SearchFacets};

use super::asked::{Asked, Prices};
use crate::pages::{card, format, locale::Locale, names::id_of};

/// How many values of a facet stand open.
const OPEN: usize = 8;

/// One facet.
pub(super) struct Facet {
    pub(super) title: String,
    /// The name of its boxes in the address.
    pub(super) name: &'static str,
    /// Whether one of its boxes excludes the others.
    pub(super) is_single: bool,
    pub(super) values: Vec<Value>,
    /// Those that stand closed until they are asked for.
    pub(super) more: Vec<Value>,
}

/// One box.
pub(super) struct Value {
    pub(super) value: String,
    pub(super) word: String,
    pub(super) count: String,
    pub(super) is_chosen: bool,
    /// How deep it stands among the others, from 0.
    pub(super) depth: usize,
}

/// Something that was chosen.
pub(super) struct Chip {
    pub(super) word: String,
    /// The search without it.
    pub(super) href: String,
}

/// The facets that are worth showing.
pub(super) fn facets(asked: &Asked, found: &SearchFacets, locale: &Locale) -> Vec<Facet> {
    let mut facets = vec![categories(asked, &found.categories)];
    facets.push(facet("Brand", "brand", false, brands(asked, found)));
    facets.push(facet("Price", "price", true, prices(asked, &found.prices, locale)));
    facets.extend(attributes(asked, found, locale));
    facets.retain(|facet| {
        let values = facet.values.iter().chain(&facet.more);
        facet.values.len() > 1 || values.clone().any(|value| value.is_chosen)
    });
    facets
}

fn facet(title: &str, name: &'static str, is_single: bool, mut values: Vec<Value>) -> Facet {
    let more = values.split_off(values.len().min(OPEN));
    Facet { title: title.to_owned(), name, is_single, values, more }
}

fn categories(asked: &Asked, found: &[CategoryFacet]) -> Facet {
    let mut values = Vec::new();
    branch(asked, found, "", 0, &mut values);
    facet("Shelf", "category", false, values)
}

/// The tree as one list, each category below the one above it.
fn branch(
    asked: &Asked,
    found: &[CategoryFacet],
    parent: &str,
    depth: usize,
    into: &mut Vec<Value>,
) {
    // A tree deeper than this is a mistake of somebody else; the page still ends.
    if depth > 16 {
        return;
    }
    for category in found.iter().filter(|category| category.parent == parent) {
        let id = id_of(&category.category);
        into.push(Value {
            value: id.to_owned(),
            word: category.title.clone(),
            count: format::count(category.count.into()),
            is_chosen: asked.categories.iter().any(|chosen| chosen == id),
            depth,
        });
        branch(asked, found, &category.category, depth + 1, into);
    }
}

fn brands(asked: &Asked, found: &SearchFacets) -> Vec<Value> {
    let value = |brand: &proto::catalog::ValueFacet| Value {
        value: brand.value.clone(),
        word: brand.value.clone(),
        count: format::count(brand.count.into()),
        is_chosen: asked.brands.contains(&brand.value),
        depth: 0,
    };
    found.brands.iter().map(value).collect()
}

fn prices(asked: &Asked, found: &[PriceFacet], locale: &Locale) -> Vec<Value> {
    let value = |range: &PriceFacet| {
        let from = range.lowest_price.as_ref()?;
        let below = range.price_below.as_ref();
        let prices = Prices { from: from.units, below: below.map(|below| below.units) };
        Some(Value {
            value: prices.text(),
            word: price_words(range, locale)?,
            count: format::count(range.count.into()),
            is_chosen: asked.price == Some(prices),
            depth: 0,
        })
    };
    found.iter().filter_map(value).collect()
}

fn price_words(range: &PriceFacet, locale: &Locale) -> Option<String> {
    let from = range.lowest_price.as_ref()?;
    let shown = |money: &proto::google::r#type::Money| locale.money(money).text;
    Some(match range.price_below.as_ref() {
        Some(below) if from.units == 0 => format!("Below {}", shown(below)),
        Some(below) => format!("{} to {}", shown(from), shown(below)),
        None => format!("{} and more", shown(from)),
    })
}

fn attributes(asked: &Asked, found: &SearchFacets, locale: &Locale) -> Vec<Facet> {
    let one = |attribute: &proto::catalog::AttributeFacet| {
        let values = attribute.values.iter().map(|value| {
            let pair = format!("{}={}", attribute.name, value.value);
            Value {
                word: card::readable_text(&attribute.name, &value.value, locale).1,
                count: format::count(value.count.into()),
                is_chosen: asked.attributes.contains(&pair),
                value: pair,
                depth: 0,
            }
        });
        let (title, _) = card::readable_text(&attribute.name, "", locale);
        facet(&title, "with", false, values.collect())
    };
    found.attributes.iter().map(one).collect()
}

/// What was chosen, each with the search that it was not.
pub(super) fn chips(asked: &Asked, found: &SearchFacets, path: &str, locale: &Locale) -> Vec<Chip> {
    let first = asked.first_page();
    let mut chips = Vec::new();
    let mut chip = |word: String, without: Asked| {
        chips.push(Chip { word, href: without.query().at(path) });
    };
    for id in &asked.categories {
        let name = format!("categories/{id}");
        let named = found.categories.iter().find(|category| category.category == name);
        let without = Asked { categories: but(&asked.categories, id), ..first.clone() };
        chip(named.map_or_else(|| id.clone(), |category| category.title.clone()), without);
    }
    for brand in &asked.brands {
        chip(brand.clone(), Asked { brands: but(&asked.brands, brand), ..first.clone() });
    }
    if let Some(price) = asked.price {
        let range = found
            .prices
            .iter()
            .find(|range| range.lowest_price.as_ref().is_some_and(|from| from.units == price.from));
        let word =
            range.and_then(|range| price_words(range, locale)).unwrap_or_else(|| price.text());
        chip(word, Asked { price: None, ..first.clone() });
    }
    for pair in &asked.attributes {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let (name, value) = card::readable_text(name, value, locale);
        let without = Asked { attributes: but(&asked.attributes, pair), ..first.clone() };
        chip(format!("{name}: {value}"), without);
    }
    chips
}

fn but(values: &[String], one: &String) -> Vec<String> {
    values.iter().filter(|value| *value != one).cloned().collect()
}

#[cfg(test)]
mod tests {
    use proto::catalog::{AttributeFacet, ValueFacet};

    use super::*;
    use crate::pages::locale;

    #[test]
    fn numbers_are_of_the_shops_language_to_choose_and_when_chosen() {
        let value = |value: &str| ValueFacet { value: value.into(), count: 1200 };
        let heights =
            AttributeFacet { name: "height_cm".into(), values: vec![value("8.5"), value("22")] };
        let found = SearchFacets { attributes: vec![heights], ..SearchFacets::default() };
        let asked = Asked { attributes: vec!["height_cm=8.5".into()], ..Asked::default() };
        let german = locale::of("de");

        let facets = facets(&asked, &found, german);
        let values = facets.last().unwrap().values.iter();
        let shown: Vec<_> = values.map(|one| (one.word.as_str(), one.value.as_str())).collect();
        let expected = [("8,5\u{a0}cm", "height_cm=8.5"), ("22\u{a0}cm", "height_cm=22")];
        assert_eq!(shown, expected, "the address keeps what the service told");
        let chips = chips(&asked, &found, "/search", german);
        assert_eq!(chips[0].word, "Height: 8,5\u{a0}cm");
    }
}
