//! The shop's name, currency and language, and how it rounds.

use askama::Template;
use axum::response::Response;
use http::StatusCode;
use proto::catalog::{GetShopRequest, Shop, UpdateShopRequest, shop::PriceRounding};

use super::{
    chrome::Chrome,
    editor::{mask, refusal},
    field::Field,
    fields::Fields,
    flash,
    names::request_id,
    problems::{Problem, Problems},
    rounding,
    trouble::{Trouble, see_other},
    visit::Visit,
    words,
};

const PATH: &str = "/admin/shop";

/// What the form sets.
const FIELDS: [&str; 4] =
    ["display_name", "default_currency", "default_language", "price_rounding"];

#[derive(Template)]
#[template(path = "admin/shop.html")]
struct ShopPage {
    chrome: Chrome,
    problems: Problems,
    etag: String,
    request_id: String,
    fields: Vec<Field>,
}

/// `GET /admin/shop`.
pub(crate) async fn show(visit: Visit) -> Result<Response, Trouble> {
    let chrome = visit.manager_chrome().await?;
    let shop = current(&visit).await?;
    answer(&visit, chrome, StatusCode::OK, &shop, Problems::none())
}

/// `POST /admin/shop`.
pub(crate) async fn save(visit: Visit, fields: Fields) -> Result<Response, Trouble> {
    let typed = Shop {
        name: "shop".into(),
        etag: fields.get("etag").to_owned(),
        display_name: fields.get("display_name").to_owned(),
        default_currency: fields.get("default_currency").to_uppercase(),
        default_language: fields.get("default_language").to_owned(),
        price_rounding: PriceRounding::from_str_name(fields.get("price_rounding"))
            .unwrap_or_default()
            .into(),
        update_time: None,
    };
    let request = UpdateShopRequest {
        shop: Some(typed.clone()),
        update_mask: Some(mask(FIELDS)),
        request_id: fields.get("request_id").to_owned(),
        validate_only: false,
    };
    let Err(status) = visit.caller.shop().update_shop(request).await else {
        return Ok(flash::say(see_other(PATH), "shop-saved"));
    };
    let trouble = Trouble::from(status);
    let stale = trouble.reason() == "ETAG_MISMATCH";
    let status = trouble.in_place()?;
    let chrome = visit.manager_chrome().await?;
    if !stale {
        let problems = Problems::of_status(&status);
        return answer(&visit, chrome, refusal(status.code()), &typed, problems);
    }
    let now = current(&visit).await?;
    let problems = differences(&typed, &now);
    let typed = Shop { etag: now.etag, ..typed };
    answer(&visit, chrome, StatusCode::CONFLICT, &typed, problems)
}

async fn current(visit: &Visit) -> Result<Shop, Trouble> {
    let request = GetShopRequest { name: "shop".into() };
    Ok(visit.caller.shop().get_shop(request).await?.into_inner())
}

/// What somebody else has made of it meanwhile, at the fields where it matters.
fn differences(typed: &Shop, now: &Shop) -> Problems {
    let values = |shop: &Shop| {
        let rounding = rounding::words(rounding::of(shop), shop);
        let Shop { display_name, default_currency, default_language, .. } = shop.clone();
        [display_name, default_currency, default_language, rounding]
    };
    let pairs = FIELDS.into_iter().zip(values(typed).into_iter().zip(values(now)));
    let differing = pairs.filter(|(_, (typed, now))| typed != now);
    let found = differing.map(|(field, (_, now))| Problem {
        field: field.to_owned(),
        text: words::of("now-otherwise", &[("value", &now)]),
    });
    let found: Vec<_> = found.collect();
    match found.is_empty() {
        true => Problems::one(words::of("ETAG_MISMATCH", &[])),
        false => Problems::found(found),
    }
}

fn answer(
    visit: &Visit,
    chrome: Chrome,
    status: StatusCode,
    shop: &Shop,
    problems: Problems,
) -> Result<Response, Trouble> {
    let fields = vec![
        Field {
            required: true,
            autocomplete: "off",
            ..Field::line("display_name", "Name", &shop.display_name, 100)
        },
        Field {
            required: true,
            hint: "Three letters, such as EUR. Prices in it are shown first, sorted and filtered by.",
            autocomplete: "off",
            ..Field::line("default_currency", "Currency", &shop.default_currency, 3)
        },
        Field {
            required: true,
            hint: "The one that the products are written in, such as en or de-AT.",
            autocomplete: "off",
            ..Field::line("default_language", "Language", &shop.default_language, 35)
        },
        Field {
            choices: rounding::choices(shop),
            hint: "For prices that are changed by per cent or by an amount. Half of a step rounds up.",
            ..Field::line("price_rounding", "Rounding of prices", "", 0)
        },
    ];
    let page = ShopPage {
        chrome,
        fields: fields.into_iter().map(|field| field.with_error(&problems)).collect(),
        problems,
        etag: shop.etag.clone(),
        request_id: request_id(),
    };
    visit.page_with(status, &page)
}
