//! The page that changes prices: a rule, what it would make of the first prices, and the button that does it.

use askama::Template;
use axum::response::Response;
use http::StatusCode;
use proto::catalog::{Price, Product, Shop, Variant};

use super::{
    rounds::{Change, Item, Outcome},
    rule::{Rule, STEPS, Stays},
    step::Step,
};
use crate::pages::{
    chrome::Chrome,
    field::Field,
    format,
    locale::{self, Locale},
    names::{id_of, request_id},
    problems::{Problem, Problems},
    product_list::Choice,
    rounding,
    storefront::surroundings,
    trouble::Trouble,
    words,
};

/// How many rows are shown before it is done.
const SHOWN: usize = 20;

#[derive(Template)]
#[template(path = "admin/reprice.html")]
struct RepricePage {
    chrome: Chrome,
    count: String,
    problems: Problems,
    rule: Vec<Field>,
    /// To what the shop rounds.
    rounding: String,
    hidden: Vec<(String, String)>,
    preview: Option<Preview>,
    back: String,
}

struct Preview {
    rows: Vec<Row>,
    summary: String,
    button: String,
    hidden: Vec<(String, String)>,
}

struct Row {
    title: String,
    variant: String,
    before: String,
    after: String,
}

/// Shows the rule, or what it does, or does it, by the `step` of the form.
pub(super) async fn act(step: Step<'_>) -> Result<Response, Trouble> {
    let (shop, _) = surroundings(&step.visit.caller).await?;
    let asked = step.fields.get("step");
    if asked.is_empty() {
        return show(&step, &shop, StatusCode::OK, Problems::none(), None).await;
    }
    let rule = match Rule::of(step.fields, &shop) {
        Ok(rule) => rule,
        Err(text) => {
            let problems = Problems::found(vec![Problem { field: "value".into(), text }]);
            return show(&step, &shop, StatusCode::UNPROCESSABLE_ENTITY, problems, None).await;
        }
    };
    let mut outcome = Outcome::default();
    let products = step.products(&mut outcome).await?;
    let plan = Plan::of(&rule, &products, outcome, locale::of(&shop.default_language));
    if asked == "apply" {
        return step.make(plan.items, plan.outcome).await;
    }
    let preview = plan.preview(&step);
    show(&step, &shop, StatusCode::OK, Problems::none(), Some(preview)).await
}

/// What a rule makes of some products.
struct Plan {
    /// How the shop prints amounts.
    locale: &'static Locale,
    items: Vec<Item>,
    rows: Vec<Row>,
    outcome: Outcome,
    same: usize,
    too_low: usize,
}

impl Plan {
    fn of(rule: &Rule, products: &[Product], outcome: Outcome, locale: &'static Locale) -> Self {
        let (items, rows) = (Vec::new(), Vec::new());
        let mut plan = Self { locale, items, rows, outcome, same: 0, too_low: 0 };
        for product in products {
            plan.add(rule, product);
        }
        plan
    }

    /// A product's variants change together, or none of them.
    fn add(&mut self, rule: &Rule, product: &Product) {
        let id = id_of(&product.name);
        let mut changed = Vec::new();
        for variant in &product.variants {
            match rule.apply(&variant.prices) {
                Ok(prices) => changed.push((variant, prices)),
                Err(Stays::Same) => self.same += 1,
                Err(Stays::TooLow) => {
                    self.too_low += product.variants.len();
                    return self.outcome.refuse(id, "PRICE_TOO_LOW");
                }
            }
        }
        if changed.is_empty() {
            return self.outcome.keep(id);
        }
        for (variant, prices) in changed {
            if self.rows.len() < SHOWN {
                self.rows.push(Row {
                    title: product.title.clone(),
                    variant: called(variant),
                    before: shown(&variant.prices, &rule.currency, self.locale),
                    after: shown(&prices, &rule.currency, self.locale),
                });
            }
            let change = Change::Prices(variant.name.clone(), prices);
            self.items.push(Item { id: id.to_owned(), etag: variant.etag.clone(), change });
        }
    }

    fn preview(self, step: &Step<'_>) -> Preview {
        let many = |count: usize| format::count(i64::try_from(count).unwrap_or(i64::MAX));
        let mut summary = words::of("prices-change", &[("count", &prices(self.items.len()))]);
        for (count, code) in [(self.same, "prices-same"), (self.too_low, "prices-too-low")] {
            if count > 0 {
                summary = format!("{summary} {}", words::of(code, &[("count", &many(count))]));
            }
        }
        let mut hidden = step.chosen.fields();
        for name in ["rule", "value"] {
            hidden.push((name.to_owned(), step.fields.get(name).to_owned()));
        }
        hidden.push(("request_id".to_owned(), request_id()));
        let button = match (&step.portion.rest, self.items.len()) {
            // There may be something to change behind those that were looked at.
            (Some(_), _) => {
                let first = many(step.portion.found.len());
                summary = words::of("prices-first", &[("first", &first), ("summary", &summary)]);
                format!("Change the prices of {}", step.count())
            }
            (None, 0) => String::new(),
            (None, count) => format!("Change {}", prices(count)),
        };
        Preview { rows: self.rows, summary, button, hidden }
    }
}

fn prices(count: usize) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{} price{plural}", format::count(i64::try_from(count).unwrap_or(i64::MAX)))
}

fn called(variant: &Variant) -> String {
    match variant.option_values.as_slice() {
        [] => variant.sku.clone(),
        values => values.join(", "),
    }
}

fn shown(prices: &[Price], currency: &str, locale: &Locale) -> String {
    let mut amounts = prices.iter().filter_map(|price| price.amount.as_ref());
    let own = amounts.find(|amount| amount.currency_code == currency);
    own.map_or_else(|| "No price".to_owned(), |amount| locale.money(amount).text)
}

async fn show(
    step: &Step<'_>,
    shop: &Shop,
    status: StatusCode,
    problems: Problems,
    preview: Option<Preview>,
) -> Result<Response, Trouble> {
    let current = step.fields.get("rule");
    let choice = |(value, word): &(&str, &str)| Choice {
        value: (*value).to_owned(),
        word: (*word).to_owned(),
        current: *value == current,
    };
    let rule = Field {
        choices: STEPS.iter().map(choice).collect(),
        ..Field::line("rule", "What to do", "", 0)
    };
    let value = Field {
        hint: "Such as 10 or -5.5 for per cent, and 1.50 or -2 for an amount.",
        required: true,
        ..Field::line("value", "By or to how much", step.fields.get("value"), 30)
    };
    let how = rounding::words(rounding::of(shop), shop);
    let page = RepricePage {
        chrome: step.visit.admin_chrome().await?,
        count: step.count(),
        rule: vec![rule, value.with_error(&problems)],
        rounding: words::of("prices-rounded", &[("how", &how)]),
        problems,
        hidden: step.chosen.fields(),
        preview,
        back: step.chosen.back().to_owned(),
    };
    step.visit.page_with(status, &page)
}
