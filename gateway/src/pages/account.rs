//! One's own account: the password, and where one is signed in.

use askama::Template;
use axum::{extract::Path, response::Response};
use http::StatusCode;
use proto::access::{
    ChangePasswordRequest, DeleteSessionRequest, ListSessionsRequest, Session, User,
};
use tonic::Code;

use super::{
    chrome::Chrome,
    editor::refusal,
    field::Field,
    fields::Fields,
    flash,
    names::{id_of, is_id, request_id},
    problems::Problems,
    product_row::When,
    roles,
    trouble::{Trouble, see_other},
    visit::Visit,
    words,
};

const PATH: &str = "/admin/account";

#[derive(Template)]
#[template(path = "admin/account.html")]
struct AccountPage {
    chrome: Chrome,
    problems: Problems,
    name: String,
    login: String,
    role: &'static str,
    request_id: String,
    fields: Vec<Field>,
    sessions: Vec<SessionRow>,
}

struct SessionRow {
    id: String,
    request_id: String,
    current: bool,
    begun: When,
    used: When,
}

/// `GET /admin/account`.
pub(crate) async fn show(visit: Visit) -> Result<Response, Trouble> {
    answer(&visit, StatusCode::OK, Problems::none()).await
}

/// `POST /admin/account/password`.
pub(crate) async fn change_password(visit: Visit, fields: Fields) -> Result<Response, Trouble> {
    let (me, _) = sessions(&visit).await?;
    let request = ChangePasswordRequest {
        name: me.name,
        current_password: fields.raw("current_password").to_owned(),
        new_password: fields.raw("new_password").to_owned(),
        request_id: fields.get("request_id").to_owned(),
        ..ChangePasswordRequest::default()
    };
    match visit.caller.users().change_password(request).await {
        Ok(_) => Ok(flash::say(see_other(PATH), "password-changed")),
        // Too many wrong ones: that is said in place, as it is where one signs in.
        Err(status) if status.code() == Code::ResourceExhausted => {
            let problems = Problems::one(words::of("RATE_LIMITED", &[]));
            answer(&visit, StatusCode::TOO_MANY_REQUESTS, problems).await
        }
        Err(status) => {
            let status = Trouble::from(status).in_place()?;
            answer(&visit, refusal(status.code()), Problems::of_status(&status)).await
        }
    }
}

/// `POST /admin/account/sessions/{id}/end`. One that has ended already is ended.
pub(crate) async fn end_session(
    visit: Visit,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, Trouble> {
    if !is_id(&id) {
        return Err(Trouble::NotFound);
    }
    end(&visit, format!("sessions/{id}"), fields.get("request_id")).await?;
    Ok(flash::say(see_other(PATH), "session-ended"))
}

/// `POST /admin/account/end-others`.
pub(crate) async fn end_others(visit: Visit) -> Result<Response, Trouble> {
    let (_, sessions) = sessions(&visit).await?;
    for session in sessions.into_iter().filter(|session| !session.current) {
        end(&visit, session.name, "").await?;
    }
    Ok(flash::say(see_other(PATH), "sessions-ended"))
}

async fn end(visit: &Visit, name: String, request_id: &str) -> Result<(), Trouble> {
    let request_id = request_id.to_owned();
    let request = DeleteSessionRequest { name, request_id, validate_only: false };
    match visit.caller.sessions().delete_session(request).await {
        Err(status) if status.code() != Code::NotFound => Err(status.into()),
        _ => Ok(()),
    }
}

/// Who is signed in, and with which sessions.
async fn sessions(visit: &Visit) -> Result<(User, Vec<Session>), Trouble> {
    let all = visit.caller.sessions().list_sessions(ListSessionsRequest::default()).await?;
    let sessions = all.into_inner().sessions;
    let user = sessions.first().and_then(|session| session.user.clone());
    Ok((user.ok_or(Trouble::SignedOut)?, sessions))
}

fn row(session: &Session, visit: &Visit) -> SessionRow {
    SessionRow {
        id: id_of(&session.name).to_owned(),
        request_id: request_id(),
        current: session.current,
        begun: When::of(session.create_time.as_ref(), visit.now),
        used: When::of(session.last_use_time.as_ref(), visit.now),
    }
}

async fn answer(
    visit: &Visit,
    status: StatusCode,
    problems: Problems,
) -> Result<Response, Trouble> {
    let chrome = visit.admin_chrome().await?.starting(&visit.gateway, &["optimistic", "in-place"]);
    let (user, sessions) = sessions(visit).await?;
    let password = |name, label, hint, autocomplete| Field {
        kind: "password",
        required: true,
        hint,
        autocomplete,
        ..Field::line(name, label, "", 128)
    };
    let fields = [
        password("current_password", "Current password", "", "current-password"),
        password(
            "new_password",
            "New password",
            "At least 8 characters; 15 are better. It signs you out everywhere else.",
            "new-password",
        ),
    ];
    let page = AccountPage {
        chrome,
        role: roles::word(user.role()),
        name: user.display_name,
        login: user.login,
        request_id: request_id(),
        fields: fields.into_iter().map(|field| field.with_error(&problems)).collect(),
        problems,
        sessions: sessions.iter().map(|session| row(session, visit)).collect(),
    };
    visit.page_with(status, &page)
}
