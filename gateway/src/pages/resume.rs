//! A form that came after the sign-in had ended: it waits, sealed, in the page of the sign-in, and is sent when its sender says so.
//!
//! The gateway keeps nothing. Nobody but the one who sent it sees it again, and nothing is done before they have said so.

mod deed;

use askama::Template;
use axum::response::Response;
use http::StatusCode;
use proto::access::Session;

use super::{
    chrome::Chrome,
    field::Field,
    fields::Fields,
    problems::Problems,
    sign_in::{self, HOME, begin, in_place, unstored, with_cookies},
    trouble::{Trouble, rendered, see_other},
    visit::{Visit, form_page},
};
use crate::session::{GOOD_FOR, Opened, Parked, ReturnTo, last_user};
use deed::Deed;

/// Where the sign-in of such a page leads.
pub(crate) const PATH: &str = "/admin/resume";

/// The page in mid-action: the sign-in, and the sealed form.
#[derive(Template)]
#[template(path = "admin/sign-in-again.html")]
struct SignInAgainPage {
    chrome: Chrome,
    problems: Problems,
    fields: Vec<Field>,
    sealed: String,
    /// Whether a password was taken out of it.
    dropped: bool,
    minutes: i64,
}

/// The question whether to go on.
#[derive(Template)]
#[template(path = "admin/resume.html")]
struct ResumePage {
    chrome: Chrome,
    deed: Deed,
    name: String,
    /// Whether it is known that the same person sent it.
    is_own: bool,
    action: String,
    values: Vec<(String, String)>,
    back: String,
}

/// Why it does not go on.
#[derive(Template)]
#[template(path = "admin/not-resumed.html")]
struct NotResumedPage {
    chrome: Chrome,
    title: &'static str,
    text: String,
    /// What was typed, for typing it again.
    typed: Vec<(String, String)>,
    back: String,
    back_word: &'static str,
}

/// The answer to a form whose sender is not signed in any more.
pub(crate) fn park(visit: &Visit, form: &[u8]) -> Response {
    let fields = Fields::parse(form);
    let dropped = fields.pairs().iter().any(|(name, _)| is_password(name));
    let parked = Parked::since(visit.now, &visit.last_user, &visit.target, encoded(&fields));
    let sealed = visit.gateway.settings().form_key.seal(&parked);
    let page = SignInAgainPage { dropped, ..sign_in_again(visit, sealed, "", Problems::none()) };
    unstored(rendered(StatusCode::UNAUTHORIZED, &page))
}

/// `GET /admin/resume`: nothing waits at this address.
pub(crate) async fn nothing() -> Response {
    see_other(HOME)
}

/// `POST /admin/resume`: signs in, and asks whether to go on.
pub(crate) async fn resume(visit: Visit, fields: Fields) -> Result<Response, Trouble> {
    let sealed = fields.get("parked");
    let login = fields.get("login");
    match begin(&visit, login, fields.raw("password")).await {
        Ok((session, cookies)) => {
            let response = asked(&visit.signed_in(&session.token), &session, sealed).await?;
            Ok(unstored(with_cookies(response, cookies)))
        }
        Err(status) => {
            // Whatever stands in the way of the sign-in, what waits is kept.
            let http = in_place(status.code()).unwrap_or(StatusCode::SERVICE_UNAVAILABLE);
            let problems = sign_in::problems(&status);
            let page = sign_in_again(&visit, sealed.to_owned(), login, problems);
            Ok(sign_in::refused(visit.page_with(http, &page)?, &status))
        }
    }
}

/// What the one who has signed in is asked, or told.
async fn asked(visit: &Visit, session: &Session, sealed: &str) -> Result<Response, Trouble> {
    let user = session.user.clone().unwrap_or_default();
    let mark = last_user::mark(&user.name);
    let opened = visit.gateway.settings().form_key.open(sealed, visit.now);
    let parked = match &opened {
        Opened::Good(parked) | Opened::Expired(parked) if parked.is_anothers(&mark) => {
            return visit.page_with(StatusCode::FORBIDDEN, &anothers(visit, &user.display_name));
        }
        Opened::Unreadable => {
            return visit.page_with(StatusCode::BAD_REQUEST, &unreadable(visit));
        }
        Opened::Expired(parked) => {
            let page = expired(visit, parked).await;
            return visit.page_with(StatusCode::GONE, &page);
        }
        Opened::Good(parked) => parked,
    };
    let fields = Fields::parse(parked.form.as_bytes());
    let back = back(parked, &fields);
    visit.page(&ResumePage {
        chrome: visit.bare_chrome(),
        deed: Deed::of(visit, &parked.target, &fields).await,
        name: user.display_name,
        is_own: !parked.user.is_empty(),
        action: parked.target.clone(),
        values: fields.pairs().to_vec(),
        back,
    })
}

/// The page that the form was sent from.
fn back(parked: &Parked, fields: &Fields) -> String {
    let told = ReturnTo::parse(fields.get("return_to"));
    let admin = told.filter(|target| target.as_str().starts_with("/admin/"));
    admin.map_or_else(|| form_page(&parked.target).to_owned(), |target| target.to_string())
}

fn sign_in_again(
    visit: &Visit,
    sealed: String,
    login: &str,
    problems: Problems,
) -> SignInAgainPage {
    SignInAgainPage {
        chrome: visit.bare_chrome(),
        fields: sign_in::fields(login, &problems).into(),
        problems,
        sealed,
        dropped: false,
        minutes: GOOD_FOR.as_mins(),
    }
}

fn anothers(visit: &Visit, name: &str) -> NotResumedPage {
    NotResumedPage {
        chrome: visit.bare_chrome(),
        title: "What was waiting is another person’s",
        text: format!(
            "Somebody else was signed in when it was sent, so it was dropped: nothing was changed. You are signed in as {name}."
        ),
        typed: Vec::new(),
        back: HOME.to_owned(),
        back_word: "To the products",
    }
}

fn unreadable(visit: &Visit) -> NotResumedPage {
    NotResumedPage {
        chrome: visit.bare_chrome(),
        title: "What was waiting cannot be read any more",
        text: "The shop was restarted since, or it was changed on its way, so nothing was done. Go back to the page that you sent it from and send it again.".to_owned(),
        typed: Vec::new(),
        back: HOME.to_owned(),
        back_word: "To the products",
    }
}

async fn expired(visit: &Visit, parked: &Parked) -> NotResumedPage {
    let fields = Fields::parse(parked.form.as_bytes());
    let deed = Deed::of(visit, &parked.target, &fields).await;
    NotResumedPage {
        chrome: visit.bare_chrome(),
        title: "That has waited too long",
        text: format!(
            "It waits for {} minutes, so this was not done: {}. Open its page and do it again.",
            GOOD_FOR.as_mins(),
            deed.text()
        ),
        typed: deed::typed(&fields),
        back: back(parked, &fields),
        back_word: "Open its page",
    }
}

/// Whether a field holds what stands in no page, sealed or not.
fn is_password(name: &str) -> bool {
    name.ends_with("password")
}

/// The form but for its passwords.
fn encoded(fields: &Fields) -> String {
    let kept = fields.pairs().iter().filter(|(name, _)| !is_password(name));
    form_urlencoded::Serializer::new(String::new()).extend_pairs(kept).finish()
}
