//! `shelf.access.v1.UserService`: each method reads its request, calls access, and writes the answer.

use proto::access as wire;
use secrecy::SecretString;
use tonic::Status;

use super::{
    GrpcService,
    credentials::{self, Identity},
    page_token::Query,
    parse::{self, Reading},
    problem, reply, status,
    wire::Encoded,
};
use crate::{
    access::{Login, PasswordChange, Right, UserChange, UserId, check_password},
    domain::{PageRequest, Role, Write},
    encoding,
};

type Answer = Result<Encoded, Status>;

/// What is wrong with a name that the contract's rules have refused already.
const NOT_A_NAME: &str = "must be `users/{user}`";

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
    user.map(|user| reply::user(&user)).map_err(problem::of_access)
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
    user.map(|user| reply::user(&user)).map_err(problem::of_access)
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
        users: page.items.iter().map(encoding::user::message).collect(),
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
    let user = encoding::user::new_user(&request.user_id, user, reading.violations());
    let user = reading.done(user)?;
    let user = service.0.access.create_user(write, user, password).await;
    user.map(|user| reply::user(&user)).map_err(problem::of_access)
}

pub(super) async fn update_user(
    service: &GrpcService,
    who: Identity,
    request: wire::UpdateUserRequest,
) -> Answer {
    let write = parse::write(who, &request, request.validate_only);
    let mut reading = Reading::of(&request);
    let user = request.user.unwrap_or_default();
    let id = reading.take("user.name", UserId::from_name(&user.name).ok_or(NOT_A_NAME));
    let etag = parse::etag(&user.etag);
    let fields = encoding::user::changed(user, request.update_mask.as_ref(), reading.violations());
    let fields = fields.map_err(|error| problem::of_mask(&error))?;
    let change = reading.done(id.map(|id| UserChange { id, etag, fields }))?;
    let changed = service.0.access.change_user(write, change).await;
    changed.map(|user| reply::user(&user)).map_err(problem::of_access)
}

pub(super) async fn delete_user(
    service: &GrpcService,
    who: Identity,
    request: wire::DeleteUserRequest,
) -> Answer {
    let write = parse::write(who, &request, request.validate_only);
    let mut reading = Reading::of(&request);
    let id = reading.take("name", UserId::from_name(&request.name).ok_or(NOT_A_NAME));
    let id = reading.done(id)?;
    let deleted = service.0.access.delete_user(write, id, parse::etag(&request.etag)).await;
    deleted.map(|_| Encoded::empty()).map_err(problem::of_access)
}

pub(super) async fn change_password(
    service: &GrpcService,
    who: Identity,
    request: wire::ChangePasswordRequest,
) -> Answer {
    let mut reading = Reading::of(&request);
    let id = reading.take("name", UserId::from_name(&request.name).ok_or(NOT_A_NAME));
    let write = parse::write(who.clone(), &request, request.validate_only);
    let (id, etag) = (reading.done(id)?, parse::etag(&request.etag));
    let right = right(who, &id, SecretString::from(request.current_password))?;
    let password = SecretString::from(request.new_password);
    let change = PasswordChange { id, etag, right, password };
    let changed = service.0.access.change_password(write, change).await;
    changed.map(|user| reply::user(&user)).map_err(problem::of_access)
}

/// By what right the caller changes the password of a user. That of somebody else is an admin's to change, whether there is such
/// a user or not.
fn right(who: Identity, id: &UserId, current: SecretString) -> Result<Right, Status> {
    match who.session {
        Some((user, session)) if user == *id => Ok(Right::Own { current, session }),
        _ if who.caller.role >= Role::Admin => Ok(Right::Admin),
        _ => Err(credentials::role_missing(who.caller.role, Some(Role::Admin))),
    }
}
