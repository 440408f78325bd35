//! One user: role, state, a new password, and the end.

use askama::Template;
use axum::{extract::Path, response::Response};
use http::StatusCode;
use proto::access::{
    ChangePasswordRequest, DeleteUserRequest, GetUserRequest, UpdateUserRequest, User,
};

use super::{
    chrome::Chrome,
    editor::{mask, refusal},
    field::Field,
    fields::Fields,
    flash,
    names::{id_of, is_id, request_id},
    problems::{Problem, Problems},
    product_list::Choice,
    removal::Removal,
    roles,
    trouble::{Trouble, see_other},
    users::{PATH, given_password, typed, user_fields},
    visit::Visit,
    words,
};

const MAY_SIGN_IN: &str = "active";
const DISABLED: &str = "disabled";

#[derive(Template)]
#[template(path = "admin/user.html")]
struct UserPage {
    chrome: Chrome,
    id: String,
    title: String,
    etag: String,
    problems: Problems,
    request_id: String,
    fields: Vec<Field>,
    password_request_id: String,
    password: Vec<Field>,
}

/// `GET /admin/users/{id}`.
pub(crate) async fn show(visit: Visit, Path(id): Path<String>) -> Result<Response, Trouble> {
    let chrome = visit.manager_chrome().await?;
    let user = user(&visit, &id).await?;
    answer(&visit, chrome, StatusCode::OK, &user, &user, Problems::none())
}

/// `POST /admin/users/{id}/save`.
pub(crate) async fn save(
    visit: Visit,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, Trouble> {
    let wanted = User {
        name: user_name(&id)?,
        etag: fields.get("etag").to_owned(),
        disabled: fields.get("state") == DISABLED,
        ..typed(&fields)
    };
    let request = UpdateUserRequest {
        user: Some(wanted.clone()),
        update_mask: Some(mask(["display_name", "login", "role", "disabled"])),
        request_id: fields.get("request_id").to_owned(),
        validate_only: false,
    };
    match visit.caller.users().update_user(request).await {
        Ok(_) => Ok(flash::say(see_other(&format!("{PATH}/{id}")), "user-saved")),
        Err(status) => {
            let trouble = Trouble::from(status);
            let stale = trouble.reason() == "ETAG_MISMATCH";
            let status = trouble.in_place()?;
            let (chrome, now) = (visit.manager_chrome().await?, user(&visit, &id).await?);
            let (http, problems) = match stale {
                true => (StatusCode::CONFLICT, differences(&wanted, &now)),
                false => (refusal(status.code()), Problems::of_status(&status)),
            };
            answer(&visit, chrome, http, &wanted, &now, problems)
        }
    }
}

/// `POST /admin/users/{id}/password`.
pub(crate) async fn give_password(
    visit: Visit,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, Trouble> {
    let request = ChangePasswordRequest {
        name: user_name(&id)?,
        new_password: fields.raw("new_password").to_owned(),
        request_id: fields.get("request_id").to_owned(),
        ..ChangePasswordRequest::default()
    };
    match visit.caller.users().change_password(request).await {
        Ok(_) => Ok(flash::say(see_other(&format!("{PATH}/{id}")), "password-given")),
        Err(status) => {
            let status = Trouble::from(status).in_place()?;
            let (chrome, now) = (visit.manager_chrome().await?, user(&visit, &id).await?);
            let problems = Problems::of_status(&status);
            answer(&visit, chrome, refusal(status.code()), &now, &now, problems)
        }
    }
}

/// `GET /admin/users/{id}/delete`.
pub(crate) async fn confirm(visit: Visit, Path(id): Path<String>) -> Result<Response, Trouble> {
    removal(&visit, &id, String::new()).await
}

/// `POST /admin/users/{id}/delete`.
pub(crate) async fn delete(
    visit: Visit,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, Trouble> {
    let request = DeleteUserRequest {
        name: user_name(&id)?,
        etag: fields.get("etag").to_owned(),
        request_id: fields.get("request_id").to_owned(),
        validate_only: false,
    };
    match visit.caller.users().delete_user(request).await {
        Ok(_) => Ok(flash::say(see_other(PATH), "user-deleted")),
        Err(status) => removal(&visit, &id, Removal::refusal(status)?).await,
    }
}

async fn removal(visit: &Visit, id: &str, refused: String) -> Result<Response, Trouble> {
    let chrome = visit.manager_chrome().await?;
    let user = user(visit, id).await?;
    let removal = Removal::new(
        chrome,
        format!("Delete {}?", user.display_name),
        format!(
            "{} can sign in no more, and their API keys end. What they changed keeps their name. \
             This cannot be undone; disabling them can.",
            user.login
        ),
        format!("{PATH}/{id}/delete"),
    );
    Removal { etag: user.etag, back: PATH, refused, ..removal }.page(visit)
}

async fn user(visit: &Visit, id: &str) -> Result<User, Trouble> {
    let request = GetUserRequest { name: user_name(id)? };
    Ok(visit.caller.users().get_user(request).await?.into_inner())
}

fn user_name(id: &str) -> Result<String, Trouble> {
    if is_id(id) { Ok(format!("users/{id}")) } else { Err(Trouble::NotFound) }
}

/// What somebody else has made of them meanwhile, at the fields where it matters.
fn differences(wanted: &User, now: &User) -> Problems {
    let state = |user: &User| state_word(user.disabled).to_owned();
    let pairs = [
        ("display_name", wanted.display_name.clone(), now.display_name.clone()),
        ("login", wanted.login.clone(), now.login.clone()),
        ("role", roles::word(wanted.role()).to_owned(), roles::word(now.role()).to_owned()),
        ("state", state(wanted), state(now)),
    ];
    let differing = pairs.into_iter().filter(|(_, wanted, now)| wanted != now);
    let found = differing.map(|(field, _, now)| Problem {
        field: field.to_owned(),
        text: words::of("now-otherwise", &[("value", &now)]),
    });
    let found: Vec<_> = found.collect();
    match found.is_empty() {
        true => Problems::one(words::of("ETAG_MISMATCH", &[])),
        false => Problems::found(found),
    }
}

fn state_word(disabled: bool) -> &'static str {
    if disabled { "Disabled" } else { "May sign in" }
}

fn state_field(disabled: bool) -> Field {
    let choices = [(MAY_SIGN_IN, false), (DISABLED, true)].map(|(value, state)| Choice {
        value: value.to_owned(),
        word: state_word(state).to_owned(),
        current: state == disabled,
    });
    Field {
        choices: choices.into(),
        hint: "Disabling ends their sessions and API keys at once.",
        ..Field::line("state", "State", "", 0)
    }
}

/// The page of a user as they are now, with what was typed.
fn answer(
    visit: &Visit,
    chrome: Chrome,
    status: StatusCode,
    wanted: &User,
    now: &User,
    problems: Problems,
) -> Result<Response, Trouble> {
    let mut fields = user_fields(wanted);
    fields.push(state_field(wanted.disabled));
    let shown = |fields: Vec<Field>| {
        fields.into_iter().map(|field| field.with_error(&problems)).collect::<Vec<_>>()
    };
    let page = UserPage {
        chrome,
        id: id_of(&now.name).to_owned(),
        title: now.display_name.clone(),
        etag: now.etag.clone(),
        request_id: request_id(),
        fields: shown(fields),
        password_request_id: request_id(),
        password: shown(vec![given_password("new_password", "New password")]),
        problems,
    };
    visit.page_with(status, &page)
}
