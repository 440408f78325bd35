//! API keys. A new one is shown on the page that answers its form, and nowhere ever after.

use askama::Template;
use axum::{extract::Path, response::Response};
use http::StatusCode;
use proto::access::{
    ApiKey, CreateApiKeyRequest, DeleteApiKeyRequest, GetApiKeyRequest, ListApiKeysRequest,
};

use super::{
    chrome::Chrome,
    editor::refusal,
    field::Field,
    fields::Fields,
    flash, format,
    names::{id_of, is_id, request_id},
    problems::Problems,
    product_list::{Choice, Pages},
    product_row::When,
    query::Query,
    removal::Removal,
    roles,
    sign_in::unstored,
    trouble::{Trouble, see_other},
    visit::Visit,
};

const PAGE: i32 = 50;
const PATH: &str = "/admin/keys";

/// How long a key may be made for, in days; the first is chosen beforehand.
const DAYS: [i64; 4] = [90, 7, 30, 365];

#[derive(Template)]
#[template(path = "admin/keys.html")]
struct KeysPage {
    chrome: Chrome,
    problems: Problems,
    made: Option<Made>,
    request_id: String,
    fields: Vec<Field>,
    rows: Vec<KeyRow>,
    pages: Pages,
}

/// A key that was just made.
struct Made {
    name: String,
    /// Empty when the form was sent again.
    secret: String,
}

struct KeyRow {
    id: String,
    name: String,
    role: &'static str,
    expired: bool,
    ends: String,
    ends_full: String,
    used: When,
}

/// `GET /admin/keys`.
pub(crate) async fn show(visit: Visit, query: Query) -> Result<Response, Trouble> {
    let form = form(&Fields::default(), &Problems::none());
    answer(&visit, StatusCode::OK, query.get("page"), form, Problems::none(), None).await
}

/// `POST /admin/keys`: answers the page with the secret, which no cache may keep. Sent again, it makes and tells nothing.
pub(crate) async fn create(visit: Visit, fields: Fields) -> Result<Response, Trouble> {
    let key = ApiKey {
        display_name: fields.get("display_name").to_owned(),
        role: roles::parse(fields.get("role")).into(),
        ttl: Some(prost_types::Duration { seconds: days(&fields) * 86_400, nanos: 0 }),
        ..ApiKey::default()
    };
    let request = CreateApiKeyRequest {
        api_key: Some(key),
        request_id: fields.get("request_id").to_owned(),
        validate_only: false,
    };
    match visit.caller.api_keys().create_api_key(request).await {
        Ok(made) => {
            let ApiKey { display_name: name, secret, .. } = made.into_inner();
            let form = form(&Fields::default(), &Problems::none());
            let made = Some(Made { name, secret });
            let page = answer(&visit, StatusCode::OK, "", form, Problems::none(), made).await?;
            Ok(unstored(page))
        }
        Err(status) => {
            let status = Trouble::from(status).in_place()?;
            let problems = Problems::of_status(&status);
            let form = form(&fields, &problems);
            answer(&visit, refusal(status.code()), "", form, problems, None).await
        }
    }
}

/// `GET /admin/keys/{id}/delete`.
pub(crate) async fn confirm(visit: Visit, Path(id): Path<String>) -> Result<Response, Trouble> {
    removal(&visit, &id, String::new()).await
}

/// `POST /admin/keys/{id}/delete`.
pub(crate) async fn delete(
    visit: Visit,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, Trouble> {
    let request = DeleteApiKeyRequest {
        name: key_name(&id)?,
        etag: fields.get("etag").to_owned(),
        request_id: fields.get("request_id").to_owned(),
        validate_only: false,
    };
    match visit.caller.api_keys().delete_api_key(request).await {
        Ok(_) => Ok(flash::say(see_other(PATH), "key-deleted")),
        Err(status) => removal(&visit, &id, Removal::refusal(status)?).await,
    }
}

async fn removal(visit: &Visit, id: &str, refused: String) -> Result<Response, Trouble> {
    let chrome = visit.manager_chrome().await?;
    let request = GetApiKeyRequest { name: key_name(id)? };
    let key = visit.caller.api_keys().get_api_key(request).await?.into_inner();
    let used = match When::of(key.last_use_time.as_ref(), visit.now).short {
        used if used.is_empty() => "It was never used.".to_owned(),
        used => format!("It was last used {used}."),
    };
    let removal = Removal::new(
        chrome,
        format!("Delete the API key {}?", key.display_name),
        format!("{used} Whatever calls with it is refused from then on. This cannot be undone."),
        format!("{PATH}/{id}/delete"),
    );
    Removal { etag: key.etag, back: PATH, refused, ..removal }.page(visit)
}

fn key_name(id: &str) -> Result<String, Trouble> {
    if is_id(id) { Ok(format!("apiKeys/{id}")) } else { Err(Trouble::NotFound) }
}

/// How long the key is to last; nothing that the form offers is an end at once, which the service refuses.
fn days(fields: &Fields) -> i64 {
    let chosen = fields.get("ttl").parse().ok();
    chosen.filter(|days| DAYS.contains(days)).unwrap_or_default()
}

fn form(typed: &Fields, problems: &Problems) -> Vec<Field> {
    let chosen = days(typed);
    let choice = |days: &i64| Choice {
        value: days.to_string(),
        word: format!("{days} days"),
        current: *days == chosen,
    };
    let role = match typed.get("role") {
        "" => "editor",
        role => role,
    };
    let fields = [
        Field {
            required: true,
            autocomplete: "off",
            ..Field::line("display_name", "Name", typed.get("display_name"), 100)
        },
        roles::field(role),
        Field {
            choices: DAYS.iter().map(choice).collect(),
            ..Field::line("ttl", "Valid for", "", 0)
        },
    ];
    fields.into_iter().map(|field| field.with_error(problems)).collect()
}

fn row(key: &ApiKey, visit: &Visit) -> KeyRow {
    let ends = key.expire_time.as_ref().and_then(format::timestamp);
    KeyRow {
        id: id_of(&key.name).to_owned(),
        name: key.display_name.clone(),
        role: roles::word(key.role()),
        expired: ends.is_none_or(|ends| ends <= visit.now),
        ends: ends.map(format::date).unwrap_or_default(),
        ends_full: ends.map(format::moment).unwrap_or_default(),
        used: When::of(key.last_use_time.as_ref(), visit.now),
    }
}

async fn answer(
    visit: &Visit,
    status: StatusCode,
    page_token: &str,
    fields: Vec<Field>,
    problems: Problems,
    made: Option<Made>,
) -> Result<Response, Trouble> {
    let chrome = visit.manager_chrome().await?;
    let request = ListApiKeysRequest { page_size: PAGE, page_token: page_token.to_owned() };
    let listed = visit.caller.api_keys().list_api_keys(request).await.map_err(Trouble::from);
    let page = match listed {
        Ok(page) => page.into_inner(),
        Err(expired) if expired.reason() == "PAGE_TOKEN_INVALID" => return Ok(see_other(PATH)),
        Err(trouble) => return Err(trouble),
    };
    let page = KeysPage {
        chrome,
        problems,
        made,
        request_id: request_id(),
        fields,
        rows: page.api_keys.iter().map(|key| row(key, visit)).collect(),
        pages: Pages::of(PATH, page_token, &page.next_page_token),
    };
    visit.page_with(status, &page)
}
