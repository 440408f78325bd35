//! The page that changes prices: a rule, what it would make of the first prices, and the button that does it.

use askama::Template;
use axum::response::Response;
use http::StatusCode;
use proto::catalog::{Price, Product, Variant};

use super::{
    Verb, finish,
    rounds::{Change, Item, Outcome},
    rule::{ENDINGS, Rule, STEPS, Stays},
    selection::{Chosen, Picked},
};
use crate::pages::{
    chrome::Chrome,
    field::Field,
    fields::Fields,
    format,
    names::{id_of, request_id},
    problems::{Problem, Problems},
    product_list::Choice,
    storefront::surroundings,
    trouble::Trouble,
    visit::Visit,
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
pub(super) async fn act(
    visit: &Visit,
    fields: &Fields,
    chosen: &Chosen,
    found: Vec<Picked>,
) -> Result<Response, Trouble> {
    let (shop, _) = surroundings(&visit.caller).await?;
    let step = fields.get("step");
    if step.is_empty() {
        return show(visit, fields, chosen, found.len(), StatusCode::OK, Problems::none(), None)
            .await;
    }
    let rule = match Rule::of(fields, &shop.default_currency) {
        Ok(rule) => rule,
        Err(text) => {
            let problems = Problems::found(vec![Problem { field: "value".into(), text }]);
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            return show(visit, fields, chosen, found.len(), status, problems, None).await;
        }
    };
    let products = products(visit, &found).await?;
    let plan = Plan::of(&rule, &products);
    if step == "apply" {
        return finish(visit, fields, chosen, Verb::Reprice, plan.items, plan.outcome).await;
    }
    let preview = plan.preview(fields, chosen);
    show(visit, fields, chosen, found.len(), StatusCode::OK, Problems::none(), Some(preview)).await
}

/// The products with their variants, as they are now. One that is gone for good is left out.
pub(super) async fn products(visit: &Visit, found: &[Picked]) -> Result<Vec<Product>, Trouble> {
    // Each may have 250 variants, and an answer has an end.
    const AT_ONCE: usize = 25;
    let mut client = visit.caller.products();
    let mut products = Vec::with_capacity(found.len());
    for some in found.chunks(AT_ONCE) {
        let filter: Vec<_> = some.iter().map(|one| format!("products/{}", one.id)).collect();
        let view = proto::catalog::ProductView::Full.into();
        let request = proto::catalog::BatchGetProductsRequest { names: filter, view };
        products.extend(client.batch_get_products(request).await?.into_inner().products);
    }
    Ok(products)
}

/// What a rule makes of some products.
#[derive(Default)]
struct Plan {
    items: Vec<Item>,
    rows: Vec<Row>,
    outcome: Outcome,
    same: usize,
    too_low: usize,
}

impl Plan {
    fn of(rule: &Rule, products: &[Product]) -> Self {
        let mut plan = Self::default();
        for product in products {
            for variant in &product.variants {
                plan.add(rule, product, variant);
            }
        }
        plan
    }

    fn add(&mut self, rule: &Rule, product: &Product, variant: &Variant) {
        let id = id_of(&product.name);
        match rule.apply(&variant.prices) {
            Ok(prices) => {
                if self.rows.len() < SHOWN {
                    self.rows.push(Row {
                        title: product.title.clone(),
                        variant: called(variant),
                        before: shown(&variant.prices, &rule.currency),
                        after: shown(&prices, &rule.currency),
                    });
                }
                let change = Change::Prices(variant.name.clone(), prices);
                self.items.push(Item { id: id.to_owned(), etag: variant.etag.clone(), change });
            }
            Err(Stays::Same) => {
                self.same += 1;
                self.outcome.keep(id);
            }
            Err(Stays::TooLow) => {
                self.too_low += 1;
                self.outcome.refuse(id, "PRICE_TOO_LOW");
            }
        }
    }

    fn preview(self, fields: &Fields, chosen: &Chosen) -> Preview {
        let many = |count: usize| format::count(i64::try_from(count).unwrap_or(i64::MAX));
        let mut summary = words::of("prices-change", &[("count", &prices(self.items.len()))]);
        for (count, code) in [(self.same, "prices-same"), (self.too_low, "prices-too-low")] {
            if count > 0 {
                summary = format!("{summary} {}", words::of(code, &[("count", &many(count))]));
            }
        }
        let mut hidden = chosen.fields();
        for name in ["rule", "value", "ending"] {
            hidden.push((name.to_owned(), fields.get(name).to_owned()));
        }
        hidden.push(("request_id".to_owned(), request_id()));
        let button = match self.items.len() {
            0 => String::new(),
            count => format!("Change {}", prices(count)),
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

fn shown(prices: &[Price], currency: &str) -> String {
    let mut amounts = prices.iter().filter_map(|price| price.amount.as_ref());
    let own = amounts.find(|amount| amount.currency_code == currency);
    own.map_or_else(|| "No price".to_owned(), |amount| format::money(amount).text)
}

async fn show(
    visit: &Visit,
    fields: &Fields,
    chosen: &Chosen,
    count: usize,
    status: StatusCode,
    problems: Problems,
    preview: Option<Preview>,
) -> Result<Response, Trouble> {
    let choices = |all: &[(&str, &str)], current: &str| {
        let choice = |(value, word): &(&str, &str)| Choice {
            value: (*value).to_owned(),
            word: (*word).to_owned(),
            current: *value == current,
        };
        all.iter().map(choice).collect()
    };
    let rule = Field {
        choices: choices(&STEPS, fields.get("rule")),
        ..Field::line("rule", "What to do", "", 0)
    };
    let value = Field {
        hint: "Such as 10 or -5.5 for per cent, and 1.50 or -2 for an amount.",
        required: true,
        ..Field::line("value", "By or to how much", fields.get("value"), 30)
    };
    let ending = Field {
        choices: choices(&ENDINGS, fields.get("ending")),
        hint: "For changes only; half rounds up.",
        ..Field::line("ending", "Round to", "", 0)
    };
    let page = RepricePage {
        chrome: visit.admin_chrome().await?,
        count: format::total(i32::try_from(count).unwrap_or(i32::MAX), false),
        rule: vec![rule, value.with_error(&problems), ending],
        problems,
        hidden: chosen.fields(),
        preview,
        back: chosen.back().to_owned(),
    };
    visit.page_with(status, &page)
}
