//! What could be meant while a query is being typed: categories and brands that begin so, and the products that would be found.
//! Everything of it is public, and of everything there is a product to be seen.

use std::collections::{BTreeMap, HashSet};

use jiff::Timestamp;
use tantivy::Searcher;

use super::{
    Error, Search, Serving,
    asked::asked,
    deadline::Deadline,
    highlight::marked,
    lexicon::Lexicon,
    pieces::{Piece, pieces},
    plan::Plan,
    scan::Scan,
    schema::name,
    sight::Sight,
    top::{Survey, Texts},
    tree::begin,
};
use crate::domain::{CategoryId, Choice, ProductId, Reach, Suggested, Suggestion, Terms};

/// How many of the best products are looked at for brands.
const LOOKED_AT: usize = 32;

/// After how many documents the best so far are taken.
const ENOUGH: u32 = 20_000;

/// How many categories and how many brands are suggested.
const CATEGORIES: usize = 3;
const BRANDS: usize = 2;

impl Search {
    /// What could be meant by what was typed so far.
    ///
    /// # Errors
    /// [`Error`]
    pub async fn suggest(
        &self,
        typed: String,
        most: usize,
        now: Timestamp,
    ) -> Result<Vec<Suggestion>, Error> {
        let now = now.as_microsecond();
        self.work(move |serving, deadline| suggest(serving, deadline, &typed, most, now)).await
    }
}

fn suggest(
    serving: &Serving,
    deadline: &Deadline,
    typed: &str,
    most: usize,
    now: i64,
) -> Result<Vec<Suggestion>, Error> {
    let asked = asked(typed);
    if asked.words.is_empty() && asked.phrases.is_empty() {
        return Ok(Vec::new());
    }
    let searcher = serving.opened.reader.searcher();
    let sight = Sight { reach: Reach::Public, now };
    let fields = &serving.opened.fields;
    let lexicon =
        Lexicon { searcher: &searcher, fields: &[fields.words, fields.more], sight, deadline };
    let plan = Plan::of(typed, &asked, fields, &lexicon)?;
    let found = products(&searcher, &plan.all(&searcher, deadline)?, sight)?;
    let terms = plan.terms;
    let shown = Lexicon { fields: &[fields.category], ..lexicon };
    let mut suggestions = categories(serving, typed, &terms, &shown)?;
    suggestions.extend(brands(&found, typed, &terms));
    let mut titles = HashSet::new();
    for product in found {
        let suggested = suggestion(Suggested::Product(product.id), &product.title, &terms);
        // What only its description has would not be understood.
        let has_match = suggested.segments.iter().any(|part| part.is_match);
        if has_match && titles.insert(product.title) {
            suggestions.push(suggested);
        }
    }
    suggestions.truncate(most);
    Ok(suggestions)
}

/// A product as far as suggestions need it.
struct Named {
    id: ProductId,
    title: String,
    brand: String,
}

/// The best of the first products that are found: while one types, soon is better than all.
fn products(searcher: &Searcher, scan: &Scan<'_>, sight: Sight) -> Result<Vec<Named>, Error> {
    let choice = Choice::default();
    let mut survey = Survey::of_best(sight, &choice, LOOKED_AT).among(ENOUGH);
    scan.run(&mut survey)?;
    let texts = |column| Texts::of(searcher, column);
    let (ids, titles, brands) = (texts(name::ID)?, texts(name::TITLE)?, texts(name::BRAND)?);
    let named = |at| -> Result<Option<Named>, Error> {
        let Ok(id) = ProductId::parse(&ids.at(at)?) else { return Ok(None) };
        Ok(Some(Named { id, title: titles.at(at)?, brand: brands.at(at)? }))
    };
    let found = survey.into_best().into_iter();
    found.filter_map(|at| named(at).transpose()).collect()
}

/// Categories of which some words begin as the typed ones do, with a product that is seen.
fn categories(
    serving: &Serving,
    typed: &str,
    terms: &Terms,
    shown: &Lexicon<'_>,
) -> Result<Vec<Suggestion>, Error> {
    let typed = pieces(typed);
    let mut alike: Vec<(&CategoryId, &str)> = serving.tree.beginning(&typed).collect();
    alike.sort_by_key(|(id, title)| (title.len(), *id));
    let mut suggestions = Vec::new();
    for (id, title) in alike {
        if suggestions.len() < CATEGORIES && shown.knows(id.as_str())? {
            suggestions.push(suggestion(Suggested::Category(id.clone()), title, terms));
        }
    }
    Ok(suggestions)
}

/// The most frequent brands, among the best products, that begin as the typed words do.
fn brands(found: &[Named], typed: &str, terms: &Terms) -> Vec<Suggestion> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let typed = pieces(typed);
    for product in found.iter().filter(|product| begins(&product.brand, &typed)) {
        *counts.entry(product.brand.as_str()).or_default() += 1;
    }
    let mut counted: Vec<_> = counts.into_iter().collect();
    counted.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let frequent = counted.into_iter().take(BRANDS);
    frequent.map(|(brand, _)| suggestion(Suggested::Brand, brand, terms)).collect()
}

/// Whether each of the typed words is the beginning of a word of the text.
fn begins(text: &str, typed: &[Piece]) -> bool {
    let words: Vec<_> = pieces(text).into_iter().map(|piece| piece.text).collect();
    begin(&words, typed)
}

fn suggestion(of: Suggested, text: &str, terms: &Terms) -> Suggestion {
    Suggestion { of, text: text.to_owned(), segments: marked(text, terms) }
}
