//! `shelf.access.v1.SessionService`: each method reads its request, calls access, and writes the answer.

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
    access::{Session, SessionId, User, UserId},
    domain::{Cursor, PageRequest},
    encoding,
};

type Answer = Result<Encoded, Status>;

/// `sessions/-`: the session of the call.
const OWN: &str = "sessions/-";

pub(super) async fn create_session(
    service: &GrpcService,
    who: Identity,
    request: wire::CreateSessionRequest,
) -> Answer {
    Reading::of(&request).done(Some(()))?;
    let password = SecretString::from(request.password);
    let sign_in = service.0.access.sign_in(&request.login, password, who.network).await;
    let sign_in = sign_in.map_err(problem::of_access)?;
    let lasts = service.0.access.lasts();
    Ok(Encoded::message(&reply::new_session(&sign_in.session, lasts, sign_in.token.expose())))
}

pub(super) async fn get_session(
    service: &GrpcService,
    who: Identity,
    request: wire::GetSessionRequest,
) -> Answer {
    Reading::of(&request).done(Some(()))?;
    let (user, own) = signed_in(&who)?;
    let (user, sessions) = of_user(service, &user).await?;
    let id = named(&request.name, own.clone());
    let session = sessions.iter().find(|session| session.id == id);
    let session = session.ok_or_else(|| status::not_found("shelf/Session", &request.name))?;
    Ok(Encoded::message(&encoding::session::message(
        session,
        service.0.access.lasts(),
        &user,
        Some(&own),
    )))
}

pub(super) async fn list_sessions(
    service: &GrpcService,
    who: Identity,
    mut request: wire::ListSessionsRequest,
) -> Answer {
    Reading::of(&request).done(Some(()))?;
    let (size, token) = (request.page_size, std::mem::take(&mut request.page_token));
    request.page_size = 0;
    let tokens = &service.0.page_tokens;
    let query = Query::of(&request, who.caller.audience(), &who.caller.actor.name);
    let page = PageRequest::new(size, tokens.open(query, &token)?);
    let (user, own) = signed_in(&who)?;
    let (user, sessions) = of_user(service, &user).await?;

    // Ids are ordered by time, and a user has few.
    let rest = sessions.iter().skip_while(|session| {
        page.after.as_ref().is_some_and(|after| session.id.as_str() >= after.id.as_str())
    });
    let mut rest = rest.peekable();
    let shown: Vec<_> = rest.by_ref().take(page.size).collect();
    let more = rest.peek().is_some();
    let last = shown.last().filter(|_| more);
    let next = last.map(|last| Cursor { values: Vec::new(), id: last.id.as_str().to_owned() });
    let lasts = service.0.access.lasts();
    let message = |session| encoding::session::message(session, lasts, &user, Some(&own));
    Ok(Encoded::message(&wire::ListSessionsResponse {
        sessions: shown.into_iter().map(message).collect(),
        next_page_token: reply::token(next.as_ref(), tokens, query)?,
    }))
}

pub(super) async fn delete_session(
    service: &GrpcService,
    who: Identity,
    mut request: wire::DeleteSessionRequest,
) -> Answer {
    Reading::of(&request).done(Some(()))?;
    let (user, own) = signed_in(&who)?;
    let session = named(&request.name, own);
    // `sessions/-` of another session is another request, even under the same id.
    request.name = session.name();
    let write = parse::write(who, &request, request.validate_only);
    let ended = service.0.access.end_session(write, &user, &session).await;
    ended.map(|()| Encoded::empty()).map_err(problem::of_access)
}

/// The user and the session of the call. An API key has none, and must not reach those of the user who made it.
fn signed_in(who: &Identity) -> Result<(UserId, SessionId), Status> {
    who.session.clone().ok_or_else(|| status::not_found("shelf/Session", OWN))
}

async fn of_user(service: &GrpcService, id: &UserId) -> Result<(User, Vec<Session>), Status> {
    let user = service.0.access.user(id).await.map_err(problem::of_access)?;
    let sessions = service.0.access.sessions(id).await.map_err(problem::of_access)?;
    Ok((user, sessions))
}

fn named(name: &str, own: SessionId) -> SessionId {
    match name.strip_prefix("sessions/") {
        Some(id) if name != OWN => SessionId::new(id),
        _ => own,
    }
}
