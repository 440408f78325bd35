//! The editor's form of a product, as `parts/product-fields.html` prints it.

use proto::catalog::Category;

use super::entries::Entries;
use crate::pages::{
    field::Field,
    problems::Problems,
    product_list::{Choice, category_choices},
};

/// How many empty lines wait for more attributes, and for more pictures.
const ROOM: usize = 2;
/// A product has at most three options.
const OPTIONS: usize = 3;

/// The form's parts, in their order.
pub(crate) struct ProductForm {
    pub(crate) basics: Vec<Field>,
    pub(crate) pair: Vec<Field>,
    pub(crate) description: Field,
    pub(crate) categories: Vec<Choice>,
    pub(crate) categories_error: String,
    pub(crate) tags: Field,
    pub(crate) attributes: Vec<Line>,
    pub(crate) attributes_error: String,
    pub(crate) options: Vec<Line>,
    pub(crate) options_error: String,
    pub(crate) images: Vec<Line>,
    pub(crate) images_error: String,
    pub(crate) window: Vec<Field>,
}

/// One line of a group.
#[derive(Clone, Debug, Default)]
pub(crate) struct Line {
    pub(crate) name: String,
    pub(crate) value: String,
    pub(crate) number: bool,
}

impl ProductForm {
    /// The form with what was typed and what is wrong with it.
    pub(crate) fn of(entries: &Entries, categories: &[Category], problems: &Problems) -> Self {
        let attributes = entries.attributes.iter().map(|one| Line {
            name: one.name.clone(),
            value: one.value.clone(),
            number: one.number,
        });
        let chosen = |category: &Category| {
            entries.categories.contains(&category.name)
                || entries
                    .categories
                    .iter()
                    .any(|id| category.name.strip_prefix("categories/") == Some(id))
        };
        Self {
            basics: vec![title(entries).with_error(problems)],
            pair: vec![slug(entries).with_error(problems), brand(entries).with_error(problems)],
            description: description(entries).with_error(problems),
            categories: category_choices(categories, chosen).into_iter().map(flat).collect(),
            categories_error: problems.of("categories"),
            tags: tags(entries).with_error(problems),
            attributes: attributes.chain(room(ROOM)).collect(),
            attributes_error: problems.of("attributes"),
            options: pairs(&entries.options, OPTIONS.saturating_sub(entries.options.len())),
            options_error: problems.of("options"),
            images: pairs(&entries.images, ROOM),
            images_error: problems.of("images"),
            window: window(entries).into_iter().map(|field| field.with_error(problems)).collect(),
        }
    }
}

/// In a set of boxes the depth of a category would only push its name aside.
fn flat(choice: Choice) -> Choice {
    Choice { word: choice.word.trim_start_matches("– ").to_owned(), ..choice }
}

fn title(entries: &Entries) -> Field {
    Field { required: true, catalog: true, ..Field::line("title", "Title", &entries.title, 300) }
}

fn slug(entries: &Entries) -> Field {
    let hint = "Made from the title when empty.";
    Field { hint, ..Field::line("slug", "Address in the shop", &entries.slug, 100) }
}

fn brand(entries: &Entries) -> Field {
    Field { hint: "Who makes it.", ..Field::line("brand", "Brand", &entries.brand, 200) }
}

fn description(entries: &Entries) -> Field {
    let hint = "Markdown: **bold**, lists, links. No HTML and no pictures.";
    Field {
        hint,
        lines: 6,
        catalog: true,
        ..Field::line("description", "Description", &entries.description, 20_000)
    }
}

fn tags(entries: &Entries) -> Field {
    let hint = "Free words for filters and campaigns, one a line.";
    let tags = Field::line("tags", "Tags", &entries.tags, 0);
    Field { hint, lines: 2, catalog: true, json: "lines", ..tags }
}

fn window(entries: &Entries) -> Vec<Field> {
    let field = |name, label, value: &str| Field {
        kind: "datetime-local",
        json: "time",
        ..Field::line(name, label, value, 0)
    };
    vec![
        field("publish_time", "Public from", &entries.publish_time),
        field("unpublish_time", "Public until", &entries.unpublish_time),
    ]
}

fn pairs(pairs: &[(String, String)], empty: usize) -> Vec<Line> {
    let line = |(name, value): &(String, String)| Line {
        name: name.clone(),
        value: value.clone(),
        number: false,
    };
    pairs.iter().map(line).chain(room(empty)).collect()
}

fn room(lines: usize) -> impl Iterator<Item = Line> {
    std::iter::repeat_n(Line::default(), lines)
}
