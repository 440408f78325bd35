//! What differs between two versions of a product, side by side, with the words that differ marked.
//!
//! `?to=7` is what version 7 changed, `?from=3&to=7` two versions, `?since=ETAG` all since somebody saw the product.

use askama::Template;
use axum::{extract::Path, response::Response};
use proto::{
    catalog::{
        Category, CompareProductRevisionsRequest, CompareProductRevisionsResponse, FieldDifference,
        GetProductRevisionRequest, Product, ProductRevision,
    },
    google::r#type::Money,
};

use super::{
    chrome::Chrome,
    editor::{self, product_name},
    format,
    history::{Entry, newest, number},
    locale::Locale,
    names::request_id,
    query::Query,
    revision_words,
    storefront::surroundings,
    text_difference::{Stretch, stretches},
    trouble::{Trouble, see_other},
    visit::Visit,
};

#[derive(Template)]
#[template(path = "admin/changes.html")]
struct ChangesPage {
    chrome: Chrome,
    id: String,
    title: String,
    etag: String,
    request_id: String,
    may_go_back: bool,
    /// The earlier version; 0 when there is none.
    from: u64,
    later: Entry,
    newest: u64,
    rows: Vec<Row>,
}

/// One field that differs.
struct Row {
    label: String,
    old: Vec<Line>,
    new: Vec<Line>,
}

/// One text of a field, in stretches that differ and that do not.
type Line = Vec<Stretch>;

/// `GET /admin/products/{id}/changes`.
pub(crate) async fn show(
    visit: Visit,
    Path(id): Path<String>,
    query: Query,
) -> Result<Response, Trouble> {
    let chrome = visit.admin_chrome().await?;
    let product = editor::product(&visit, &id).await?;
    let newest = newest(&visit, &id).await?.ok_or(Trouble::NotFound)?;
    let newest = number(&newest.name);
    let asked = Asked::of(&query, newest);
    let mut products = visit.caller.products();
    let request = asked.request(&product_name(&id)?);
    let compared = match products.compare_product_revisions(request).await.map_err(Trouble::from) {
        Ok(compared) => compared.into_inner(),
        // A version that is not kept any more: what there is stands in the history.
        Err(Trouble::NotFound) => {
            return Ok(see_other(&format!("/admin/products/{id}/history")));
        }
        Err(trouble) => return Err(trouble),
    };
    let later = GetProductRevisionRequest { name: compared.name.clone() };
    let (later, (_, categories)) = tokio::try_join!(
        async { Ok(products.get_product_revision(later).await?.into_inner()) },
        surroundings(&visit.caller),
    )?;
    visit.page(&ChangesPage {
        may_go_back: chrome.may_edit() && product.delete_time.is_none(),
        rows: rows(&compared, &product, &later, &categories, chrome.locale),
        chrome,
        title: product.title.clone(),
        etag: product.etag.clone(),
        request_id: request_id(),
        from: number(&compared.base_revision),
        later: Entry::of(&visit, &later, Some(newest)),
        newest,
        id,
    })
}

/// Which versions the address asks for.
struct Asked {
    from: u64,
    to: u64,
    since: String,
}

impl Asked {
    fn of(query: &Query, newest: u64) -> Self {
        let asked = |name| u64::try_from(query.number(name)).unwrap_or(0);
        let (from, to) = (asked("from"), asked("to"));
        let to = if to == 0 { newest } else { to };
        // Two versions are compared from the earlier to the later one, in whatever order they were typed.
        let (from, to) = if from > to { (to, from) } else { (from, to) };
        Self { from, to, since: query.get("since").to_owned() }
    }

    fn request(&self, product: &str) -> CompareProductRevisionsRequest {
        let name = |number: u64| format!("{product}/revisions/{number}");
        CompareProductRevisionsRequest {
            name: name(self.to),
            base_revision: if self.from == 0 { String::new() } else { name(self.from) },
            base_etag: if self.from == 0 { self.since.clone() } else { String::new() },
        }
    }
}

fn rows(
    compared: &CompareProductRevisionsResponse,
    now: &Product,
    later: &ProductRevision,
    categories: &[Category],
    locale: &Locale,
) -> Vec<Row> {
    let then = later.product.as_ref();
    let row = |difference: &FieldDifference| {
        let field = difference.field.as_str();
        // A variant that is gone by now had its name then, one that came back has it now.
        let label = match revision_words::label(field, then) {
            label if label == "a variant" => revision_words::label(field, Some(now)),
            label => label,
        };
        let shown = |values: &[String]| -> Vec<String> {
            values.iter().map(|value| shown(field, value, categories, locale)).collect()
        };
        let (old, new) = lines(&shown(&difference.old_values), &shown(&difference.new_values));
        Row { label: revision_words::capital(&label), old, new }
    };
    compared.differences.iter().map(row).collect()
}

/// One text against one is compared word by word, lists element by element.
fn lines(old: &[String], new: &[String]) -> (Vec<Line>, Vec<Line>) {
    if let ([old], [new]) = (old, new) {
        let (old, new) = stretches(old, new);
        return (vec![old], vec![new]);
    }
    let marked = |own: &[String], other: &[String]| -> Vec<Line> {
        let line =
            |text: &String| vec![Stretch { text: text.clone(), differs: !other.contains(text) }];
        own.iter().map(line).collect()
    };
    (marked(old, new), marked(new, old))
}

/// A value as people read it.
fn shown(field: &str, value: &str, categories: &[Category], locale: &Locale) -> String {
    match field {
        "categories" => {
            let category = categories.iter().find(|category| category.name == value);
            category.map_or_else(|| value.to_owned(), |category| category.title.clone())
        }
        "state" => revision_words::capital(&value.to_lowercase()),
        "publish_time" | "unpublish_time" | "delete_time" => {
            value.parse().map_or_else(|_| value.to_owned(), format::moment)
        }
        _ if field.ends_with(".prices") => value
            .split(", before ")
            .map(|one| price(one, locale))
            .collect::<Vec<_>>()
            .join(", before "),
        _ => value.to_owned(),
    }
}

/// An amount of the contract, such as `19.90 EUR`, in house form.
fn price(text: &str, locale: &Locale) -> String {
    let read = || {
        let (amount, currency) = text.split_once(' ')?;
        let (units, fraction) = amount.split_once('.').unwrap_or((amount, ""));
        Some(Money {
            currency_code: currency.to_owned(),
            units: units.parse().ok()?,
            nanos: format!("{fraction:0<9}").parse().ok()?,
        })
    };
    read().map_or_else(|| text.to_owned(), |money| locale.money(&money).text)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::pages::locale::english;

    #[rstest]
    #[case("19.90 EUR", "€19.90")]
    #[case("1200 JPY", "¥1,200")]
    #[case("soon", "soon")]
    fn an_amount_is_in_house_form(#[case] text: &str, #[case] expected: &str) {
        assert_eq!(price(text, english()), expected);
    }

    #[test]
    fn values_are_shown_as_people_read_them() {
        let kitchen = Category {
            name: "categories/kitchen".into(),
            title: "Kitchen".into(),
            ..Default::default()
        };
        let shown = |field, value| shown(field, value, std::slice::from_ref(&kitchen), english());
        assert_eq!(shown("categories", "categories/kitchen"), "Kitchen");
        assert_eq!(shown("categories", "categories/gone"), "categories/gone");
        assert_eq!(shown("state", "ACTIVE"), "Active");
        assert_eq!(shown("publish_time", "2026-11-23T08:00:00Z"), "23 November 2026, 08:00 UTC");
        assert_eq!(
            shown("variants/a.prices", "9.00 EUR, before 12.00 EUR"),
            "€9.00, before €12.00"
        );
    }

    #[rstest]
    #[case("", 0, 9)]
    #[case("to=4", 0, 4)]
    #[case("from=3&to=4", 3, 4)]
    #[case("from=7&to=4", 4, 7)]
    #[case("from=x&to=-1", 0, 9)]
    fn the_earlier_version_comes_first(#[case] query: &str, #[case] from: u64, #[case] to: u64) {
        let pairs = form_urlencoded::parse(query.as_bytes());
        let query = pairs.fold(Query::new(), |query, (name, value)| query.with(&name, &value));
        let asked = Asked::of(&query, 9);
        assert_eq!((asked.from, asked.to), (from, to));
    }
}
