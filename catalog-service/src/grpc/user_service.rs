//! `shelf.access.v1.UserService`: each method reads its request, calls access, and writes the answer.

use proto::access as wire;
use secrecy::SecretString;
use tonic::Status;

use super::{
    GrpcService,
    credentials::Identity,
    page_token::Query,
    parse::{self, Reading},
    problem, reply, status,
    wire::Encoded,
};
use crate::{
    access::{Login, NewUser, UserId, check_password},
    domain::{PageRequest, Role, Write},
};

type Answer = Result<Encoded, Status>;

pub(super) async fn redeem_setup_token(
    service: &GrpcService,
    who: Identity,
    request: wire::RedeemSetupTokenRequest,
) -> Answer {
    let write = Write { validate_only: request.validate_only, ..Write::by(who.caller) };
    let mut reading = Reading::of(&request);
    let login = reading.take("login", Login::parse(&request.login));
    let password = SecretString::from(request.password);
    reading.take("password", check_password(&password, &request.login));
    let login = reading.done(login)?;
    let name = &request.display_name;
    let user =
        service.0.access.redeem_setup_token(write, &request.token, login, name, password).await;
    user.map(|user| Encoded::message(&reply::user(&user))).map_err(problem::of_access)
}

pub(super) async fn get_user(
    service: &GrpcService,
    _who: Identity,
    request: wire::GetUserRequest,
) -> Answer {
    Reading::of(&request).done(Some(()))?;
    let not_found = || status::not_found("shelf/User", &request.name);
    let id = UserId::from_name(&request.name).ok_or_else(not_found)?;
    let user = service.0.access.user(&id).await;
    user.map(|user| Encoded::message(&reply::user(&user))).map_err(problem::of_access)
}

pub(super) async fn list_users(
    service: &GrpcService,
    who: Identity,
    mut request: wire::ListUsersRequest,
) -> Answer {
    Reading::of(&request).done(Some(()))?;
    let (size, token) = (request.page_size, std::mem::take(&mut request.page_token));
    request.page_size = 0;
    let tokens = &service.0.page_tokens;
    let query = Query::of(&request, who.caller.audience(), "");
    let page = PageRequest::new(size, tokens.open(query, &token)?);
    let page = service.0.access.users(page).await.map_err(problem::of_access)?;
    Ok(Encoded::message(&wire::ListUsersResponse {
        users: page.items.iter().map(reply::user).collect(),
        next_page_token: reply::token(page.next.as_ref(), tokens, query)?,
    }))
}

pub(super) async fn create_user(
    service: &GrpcService,
    who: Identity,
    request: wire::CreateUserRequest,
) -> Answer {
    let write = parse::write(who, &request, request.validate_only);
    let mut reading = Reading::of(&request);
    let password = SecretString::from(request.password);
    let user = request.user.unwrap_or_default();
    reading.take("password", check_password(&password, &user.login));
    let user = new_user(&request.user_id, user, &mut reading);
    let user = reading.done(user)?;
    let user = service.0.access.create_user(write, user, password).await;
    user.map(|user| Encoded::message(&reply::user(&user))).map_err(problem::of_access)
}

/// Reads a user to create. The contract's rules allow what a partial update may leave out.
fn new_user(id: &str, user: wire::User, reading: &mut Reading) -> Option<NewUser> {
    let login = reading.take("user.login", Login::parse(&user.login));
    if user.display_name.trim().is_empty() {
        reading.violations().add("user.display_name", "must not be empty");
    }
    let role = match user.role() {
        wire::Role::Viewer => Ok(Role::Viewer),
        wire::Role::Editor => Ok(Role::Editor),
        wire::Role::Admin => Ok(Role::Admin),
        wire::Role::Unspecified | wire::Role::Anyone => {
            Err("must be one of `ROLE_VIEWER`, `ROLE_EDITOR`, `ROLE_ADMIN`")
        }
    };
    let role = reading.take("user.role", role);
    Some(NewUser {
        id: UserId::parse(id),
        login: login?,
        display_name: user.display_name,
        role: role?,
        disabled: user.disabled,
    })
}
