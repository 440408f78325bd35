//! The first account. Its one-time token stands in the link's fragment, which no server sees; the form has a field for it.

use askama::Template;
use axum::response::Response;
use proto::access::RedeemSetupTokenRequest;

use super::{
    chrome::Chrome,
    field::Field,
    fields::Fields,
    problems::Problems,
    sign_in::{in_place, problems, start, unstored},
    trouble::Trouble,
    visit::Visit,
};

#[derive(Template)]
#[template(path = "admin/setup.html")]
struct SetupPage {
    chrome: Chrome,
    problems: Problems,
    fields: Vec<Field>,
}

/// `GET /admin/setup`.
pub(crate) async fn show(visit: Visit) -> Result<Response, Trouble> {
    let page = page(&visit, &Fields::default(), Problems::none());
    Ok(unstored(visit.page(&page)?))
}

/// `POST /admin/setup`: creates the account and signs it in.
pub(crate) async fn redeem(visit: Visit, fields: Fields) -> Result<Response, Trouble> {
    let request = RedeemSetupTokenRequest {
        token: fields.get("token").to_owned(),
        login: fields.get("login").to_owned(),
        password: fields.raw("password").to_owned(),
        display_name: fields.get("display_name").to_owned(),
        ..RedeemSetupTokenRequest::default()
    };
    match visit.caller.anonymous().users().redeem_setup_token(request).await {
        Ok(_) => Ok(start(&visit, fields.get("login"), fields.raw("password"), "").await?),
        Err(status) => {
            let Some(http) = in_place(status.code()) else { return Err(status.into()) };
            let page = page(&visit, &fields, problems(&status));
            Ok(unstored(visit.page_with(http, &page)?))
        }
    }
}

fn page(visit: &Visit, typed: &Fields, problems: Problems) -> SetupPage {
    let fields = vec![
        Field {
            required: true,
            hint: "The part of the link after #. It is good once, for an hour.",
            autocomplete: "off",
            ..Field::line("token", "One-time token", typed.get("token"), 128)
        },
        Field {
            kind: "email",
            required: true,
            autocomplete: "username",
            ..Field::line("login", "E-mail address", typed.get("login"), 254)
        },
        Field {
            optional: true,
            hint: "Others see it beside your changes.",
            autocomplete: "name",
            ..Field::line("display_name", "Your name", typed.get("display_name"), 100)
        },
        Field {
            kind: "password",
            required: true,
            hint: "At least 8 characters; 15 are better. Any characters will do.",
            autocomplete: "new-password",
            ..Field::line("password", "Password", "", 128)
        },
    ];
    let fields = fields.into_iter().map(|field| field.with_error(&problems)).collect();
    SetupPage { chrome: visit.bare_chrome(), problems, fields }
}
