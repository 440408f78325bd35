//! Signing in and out. The session's token goes into the cookie and nowhere else.

use askama::Template;
use axum::response::Response;
use http::{HeaderValue, StatusCode, header};
use proto::access::{CreateSessionRequest, DeleteSessionRequest, Session};
use tonic::Code;

use super::{
    chrome::Chrome,
    field::Field,
    fields::Fields,
    problems::Problems,
    query::Query,
    trouble::{Trouble, retry_after, see_other},
    visit::Visit,
    words,
};
use crate::session::{self, ReturnTo};

pub(super) const HOME: &str = "/admin/products";

#[derive(Template)]
#[template(path = "admin/sign-in.html")]
struct SignInPage {
    chrome: Chrome,
    /// This shop's address, when its browsers would not keep the cookie.
    insecure: String,
    note: String,
    problems: Problems,
    return_to: String,
    fields: Vec<Field>,
    /// The same for the dialog that the modules open over a page.
    again: Vec<Field>,
}

/// `GET /admin/sign-in`.
pub(crate) async fn show(visit: Visit, query: Query) -> Result<Response, Trouble> {
    let note = if query.get("signed-out").is_empty() { "" } else { "signed-out" };
    let note = words::find(note, &[]).unwrap_or_default();
    let page = page(&visit, query.get("return_to"), "", note, Problems::none());
    Ok(unstored(visit.page(&page)?))
}

/// `POST /admin/sign-in`.
pub(crate) async fn sign_in(visit: Visit, fields: Fields) -> Result<Response, Trouble> {
    let (login, return_to) = (fields.get("login"), fields.get("return_to"));
    match start(&visit, login, fields.raw("password"), return_to).await {
        Ok(response) => Ok(response),
        Err(status) => {
            let problems = problems(&status);
            let Some(http) = in_place(status.code()) else { return Err(status.into()) };
            let page = page(&visit, return_to, login, String::new(), problems);
            Ok(refused(visit.page_with(http, &page)?, &status))
        }
    }
}

/// The page of a sign-in that was refused: no cache keeps it, and it says when to come back.
pub(super) fn refused(response: Response, status: &tonic::Status) -> Response {
    let mut response = unstored(response);
    if let Some(seconds) = retry_after(status) {
        response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
    }
    response
}

/// `POST /admin/sign-out`.
pub(crate) async fn sign_out(visit: Visit, fields: Fields) -> Result<Response, Trouble> {
    let request_id = fields.get("request_id").to_owned();
    let own = DeleteSessionRequest { name: "sessions/-".into(), request_id, validate_only: false };
    if visit.caller.has_session()
        && let Err(status) = visit.caller.sessions().delete_session(own).await
        && !matches!(status.code(), Code::Unauthenticated | Code::NotFound)
    {
        return Err(status.into());
    }
    let mut response = see_other("/admin/sign-in?signed-out=1");
    response.headers_mut().append(header::SET_COOKIE, session::end());
    Ok(response)
}

/// Signs in and leads on; the caller shows what is refused.
pub(crate) async fn start(
    visit: &Visit,
    login: &str,
    password: &str,
    return_to: &str,
) -> Result<Response, tonic::Status> {
    let (_, cookies) = begin(visit, login, password).await?;
    let target = ReturnTo::parse(return_to).filter(|target| target.as_str().starts_with("/admin/"));
    let response = see_other(target.as_ref().map_or(HOME, ReturnTo::as_str));
    Ok(with_cookies(response, cookies))
}

/// Begins a session: who it is, and the cookies that it makes.
pub(super) async fn begin(
    visit: &Visit,
    login: &str,
    password: &str,
) -> Result<(Session, [HeaderValue; 2]), tonic::Status> {
    let request = CreateSessionRequest { login: login.to_owned(), password: password.to_owned() };
    let session = visit.caller.anonymous().sessions().create_session(request).await?.into_inner();
    let cookies = session::cookies(&session)
        .ok_or_else(|| tonic::Status::internal("the session's token cannot stand in a cookie"))?;
    Ok((session, cookies))
}

/// An answer that signs a browser in.
pub(super) fn with_cookies(mut response: Response, cookies: [HeaderValue; 2]) -> Response {
    response.headers_mut().extend(cookies.map(|cookie| (header::SET_COOKIE, cookie)));
    response
}

/// The status of a refusal that is shown in the form.
pub(crate) fn in_place(code: Code) -> Option<StatusCode> {
    match code {
        Code::Unauthenticated => Some(StatusCode::UNAUTHORIZED),
        Code::InvalidArgument => Some(StatusCode::UNPROCESSABLE_ENTITY),
        Code::ResourceExhausted => Some(StatusCode::TOO_MANY_REQUESTS),
        Code::AlreadyExists | Code::FailedPrecondition => Some(StatusCode::CONFLICT),
        _ => None,
    }
}

/// What was refused; whether the login or the password is wrong stays untold.
pub(crate) fn problems(status: &tonic::Status) -> Problems {
    match status.code() {
        Code::Unauthenticated => Problems::one(words::of("CREDENTIALS_INVALID", &[])),
        _ => Problems::of_status(status),
    }
}

/// A page that no cache may keep.
pub(crate) fn unstored(mut response: Response) -> Response {
    let no_store = HeaderValue::from_static("no-store");
    response.headers_mut().insert(header::CACHE_CONTROL, no_store);
    response
}

fn page(
    visit: &Visit,
    return_to: &str,
    login: &str,
    note: String,
    problems: Problems,
) -> SignInPage {
    let origin = visit.gateway.origin();
    let insecure = if origin.keeps_sign_ins() { String::new() } else { origin.to_string() };
    let again = fields("", &Problems::none())
        .map(|field| Field { id: format!("again-{}", field.id), ..field });
    SignInPage {
        chrome: visit.bare_chrome(),
        insecure,
        note,
        return_to: ReturnTo::parse(return_to).map(|target| target.to_string()).unwrap_or_default(),
        fields: fields(login, &problems).into(),
        again: again.into(),
        problems,
    }
}

/// Who signs in, and by what.
pub(super) fn fields(login: &str, problems: &Problems) -> [Field; 2] {
    let login = Field {
        kind: "email",
        required: true,
        autocomplete: "username",
        ..Field::line("login", "E-mail address", login, 254)
    };
    let password = Field {
        kind: "password",
        required: true,
        autocomplete: "current-password",
        ..Field::line("password", "Password", "", 128)
    };
    [login.with_error(problems), password.with_error(problems)]
}
