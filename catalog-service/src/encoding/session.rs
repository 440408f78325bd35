//! Sessions between the domain and the contract.

use proto::access as wire;

use super::{time, user};
use crate::{
    access::{Session, SessionId, User},
    config::Sessions,
};

/// The message of a session, without its token; `own` is the session of the call.
pub fn message(
    session: &Session,
    lasts: &Sessions,
    user: &User,
    own: Option<&SessionId>,
) -> wire::Session {
    wire::Session {
        name: session.id.name(),
        user: Some(user::message(user)),
        token: String::new(),
        create_time: Some(time::to_wire(session.create_time)),
        expire_time: Some(time::to_wire(session.expire_time(lasts))),
        last_use_time: Some(time::to_wire(session.last_used)),
        current: own == Some(&session.id),
    }
}
