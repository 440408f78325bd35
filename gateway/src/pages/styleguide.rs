//! Every part in every state on one page: for whoever changes the styles, and for the tests that look.

use askama::Template;
use axum::response::Response;

use super::{
    card::{Card, PriceLabel},
    chrome::{Chrome, Who},
    escaped::Escaped,
    field::Field,
    flash::{FlashView, Undo},
    locale::english,
    priced::MoneyRef,
    problems::{Problem, Problems},
    product_list::{Choice, Head},
    product_row::ProductRow,
    state::StateWord,
    trouble::Trouble,
    visit::Visit,
};

#[derive(Template)]
#[template(path = "plain/styleguide.html")]
struct StyleguidePage {
    chrome: Chrome,
    may_edit: bool,
    problems: Problems,
    fields: Vec<Field>,
    states: [StateWord; 6],
    cards: Vec<Card<'static>>,
    chooses: bool,
    heads: Vec<Head>,
    rows: Vec<ProductRow<'static>>,
}

/// `GET /styleguide`.
pub(crate) async fn show(visit: Visit) -> Result<Response, Trouble> {
    let undo = Undo {
        action: "/theme".into(),
        etag: String::new(),
        request_id: String::new(),
        fields: Vec::new(),
    };
    let chrome = Chrome {
        searched: String::new(),
        who: Some(Who {
            user: String::new(),
            left: 0,
            name: "Ada".into(),
            may_edit: true,
            is_admin: false,
            sign_out_id: String::new(),
        }),
        flash: Some(FlashView { text: "Enamel mug deleted.".into(), undo: Some(undo) }),
        ..visit.bare_chrome()
    };
    let problems = problems();
    let page = StyleguidePage {
        chrome,
        may_edit: true,
        fields: fields(&problems),
        problems,
        states: [
            StateWord::Draft,
            StateWord::Published,
            StateWord::Scheduled,
            StateWord::Ended,
            StateWord::Archived,
            StateWord::Deleted,
        ],
        cards: cards(),
        chooses: false,
        heads: heads(),
        rows: rows(),
    };
    visit.page(&page)
}

fn problems() -> Problems {
    let one = |field: &str, text: &str| Problem { field: field.into(), text: text.into() };
    Problems::found(vec![
        one("guide-title", "Write a title."),
        one("guide-price", "This is not a price. Type an amount such as 14.90."),
    ])
}

fn fields(problems: &Problems) -> Vec<Field> {
    let field = |id: &str, field: Field| Field { id: id.into(), ..field };
    let choice =
        |word: &str| Choice { value: word.into(), word: word.into(), current: word == "Blue" };
    let hint = "Small letters, digits and hyphens.";
    let fields = vec![
        field(
            "guide-slug",
            Field { hint, ..Field::line("slug", "Address in the shop", "enamel-mug", 100) },
        ),
        field("guide-title", Field { required: true, ..Field::line("title", "Title", "", 300) }),
        field(
            "guide-price",
            Field {
                kind: "price",
                currency: "EUR".into(),
                ..Field::line("price", "Price, EUR", "cheap", 40)
            },
        ),
        field(
            "guide-colour",
            Field {
                choices: ["White", "Blue"].map(choice).into(),
                ..Field::line("colour", "Colour", "", 0)
            },
        ),
        field(
            "guide-text",
            Field {
                lines: 3,
                optional: true,
                ..Field::line("text", "Description", "Two coats of enamel.", 0)
            },
        ),
    ];
    fields.into_iter().map(|field| field.with_error(problems)).collect()
}

fn label(units: i64, nanos: i32, before: Option<i64>, from: bool) -> Option<PriceLabel> {
    let euro = |units, nanos| english().money(MoneyRef { currency: "EUR", units, nanos });
    let before = before.map(|units| euro(units, 0));
    Some(PriceLabel { now: euro(units, nanos), before, from })
}

fn cards() -> Vec<Card<'static>> {
    let card = |title: &'static str, price: Option<PriceLabel>, meta: &'static str| Card {
        slug: Escaped::of("example"),
        title: Escaped::of(title),
        initial: super::card::initial(title),
        picture: None,
        price,
        meta: Escaped::of(meta),
        title_marks: Vec::new(),
        excerpt: Vec::new(),
    };
    vec![
        card("Enamel mug", label(14, 900_000_000, None, false), "4 colours"),
        card(
            "Reading lamp with a clamp and a very long name",
            label(64, 0, Some(79), false),
            "E27",
        ),
        card("Writing desk", label(1_289, 0, None, true), "2 sizes · Oak"),
        card("Nest box", None, ""),
    ]
}

fn heads() -> Vec<Head> {
    let head = |word, order: &'static str| Head {
        word,
        href: if order.is_empty() { String::new() } else { "/styleguide".into() },
        order,
        numeric: word == "Price",
    };
    vec![
        head("Product", "ascending"),
        head("State", ""),
        head("Price", "descending"),
        head("Changed", ""),
    ]
}

fn rows() -> Vec<ProductRow<'static>> {
    let row = |id, title, state, note| ProductRow {
        id: Escaped::of(id),
        title: Escaped::of(title),
        sku: Escaped::of("MUG-35-WHITE"),
        state,
        note: Escaped::of(note),
        price: Escaped::of("€14.90"),
        changed: Escaped::of("2 minutes ago"),
        changed_by: Escaped::of("Grace"),
        is_blank: false,
        ..ProductRow::blank("EUR")
    };
    vec![
        row("guide-1", "Enamel mug, 35 cl", StateWord::Published, ""),
        row(
            "guide-2",
            "Reading lamp",
            StateWord::Draft,
            "Reading lamp was not deleted. Grace changed this product 2 minutes ago.",
        ),
        row("guide-3", "Workshop chair", StateWord::Scheduled, ""),
    ]
}
