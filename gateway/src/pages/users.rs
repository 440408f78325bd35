//! The users: the list, and the form for another one.

use askama::Template;
use axum::response::Response;
use http::StatusCode;
use proto::access::{CreateUserRequest, ListUsersRequest, User};

use super::{
    chrome::Chrome,
    editor::refusal,
    field::Field,
    fields::Fields,
    flash,
    names::{id_of, request_id},
    problems::Problems,
    product_list::Pages,
    product_row::When,
    query::Query,
    roles,
    trouble::{Trouble, see_other},
    visit::Visit,
};

const PAGE: i32 = 50;
pub(crate) const PATH: &str = "/admin/users";

#[derive(Template)]
#[template(path = "admin/users.html")]
struct UsersPage {
    chrome: Chrome,
    rows: Vec<UserRow>,
    pages: Pages,
}

struct UserRow {
    id: String,
    name: String,
    login: String,
    role: &'static str,
    disabled: bool,
    changed: When,
}

#[derive(Template)]
#[template(path = "admin/new-user.html")]
struct NewUserPage {
    chrome: Chrome,
    problems: Problems,
    request_id: String,
    fields: Vec<Field>,
}

/// `GET /admin/users`.
pub(crate) async fn show(visit: Visit, query: Query) -> Result<Response, Trouble> {
    let chrome = visit.manager_chrome().await?;
    let page_token = query.get("page").to_owned();
    let request = ListUsersRequest { page_size: PAGE, page_token: page_token.clone() };
    let page = match visit.caller.users().list_users(request).await.map_err(Trouble::from) {
        Ok(page) => page.into_inner(),
        Err(expired) if expired.reason() == "PAGE_TOKEN_INVALID" => return Ok(see_other(PATH)),
        Err(trouble) => return Err(trouble),
    };
    visit.page(&UsersPage {
        chrome,
        rows: page.users.iter().map(|user| row(user, &visit)).collect(),
        pages: Pages::of(PATH, &page_token, &page.next_page_token),
    })
}

fn row(user: &User, visit: &Visit) -> UserRow {
    UserRow {
        id: id_of(&user.name).to_owned(),
        name: user.display_name.clone(),
        login: user.login.clone(),
        role: roles::word(user.role()),
        disabled: user.disabled,
        changed: When::of(user.update_time.as_ref(), visit.now),
    }
}

/// `GET /admin/new-user`.
pub(crate) async fn new(visit: Visit) -> Result<Response, Trouble> {
    answer(&visit, StatusCode::OK, &User::default(), Problems::none()).await
}

/// `POST /admin/new-user`.
pub(crate) async fn create(visit: Visit, fields: Fields) -> Result<Response, Trouble> {
    let user = typed(&fields);
    let request = CreateUserRequest {
        user_id: String::new(),
        user: Some(user.clone()),
        password: fields.raw("password").to_owned(),
        request_id: fields.get("request_id").to_owned(),
        validate_only: false,
    };
    match visit.caller.users().create_user(request).await {
        Ok(_) => Ok(flash::say(see_other(PATH), "user-created")),
        Err(status) => {
            let status = Trouble::from(status).in_place()?;
            let problems = Problems::of_status(&status);
            answer(&visit, refusal(status.code()), &user, problems).await
        }
    }
}

/// The user as a form describes them.
pub(crate) fn typed(fields: &Fields) -> User {
    User {
        login: fields.get("login").to_owned(),
        display_name: fields.get("display_name").to_owned(),
        role: roles::parse(fields.get("role")).into(),
        ..User::default()
    }
}

/// The fields that every form of a user has.
pub(crate) fn user_fields(user: &User) -> Vec<Field> {
    vec![
        Field {
            required: true,
            hint: "Others see it beside their changes.",
            autocomplete: "off",
            ..Field::line("display_name", "Name", &user.display_name, 100)
        },
        Field {
            kind: "email",
            required: true,
            hint: "They sign in with it.",
            autocomplete: "off",
            ..Field::line("login", "E-mail address", &user.login, 254)
        },
        roles::field(roles::key(user.role())),
    ]
}

/// The field of a password that somebody gets from an admin.
pub(crate) fn given_password(name: &'static str, label: &str) -> Field {
    Field {
        kind: "password",
        required: true,
        hint: "At least 8 characters; 15 are better. They can change it once they are signed in.",
        autocomplete: "new-password",
        ..Field::line(name, label, "", 128)
    }
}

async fn answer(
    visit: &Visit,
    status: StatusCode,
    user: &User,
    problems: Problems,
) -> Result<Response, Trouble> {
    let chrome = visit.manager_chrome().await?;
    let mut fields = user_fields(user);
    fields.push(given_password("password", "First password"));
    let page = NewUserPage {
        chrome,
        fields: fields.into_iter().map(|field| field.with_error(&problems)).collect(),
        problems,
        request_id: request_id(),
    };
    visit.page_with(status, &page)
}
