//! One write inside its transaction: who writes, when, and what it leaves besides the resource itself.

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, OptionalExtension as _};

use crate::{
    domain::{EntryKind, Refusal, RequestId, Write},
    store::{Error, LARGEST_ANSWER, Result},
};

/// How long a request id is remembered.
const REMEMBERED: SignedDuration = SignedDuration::from_hours(24);

/// A write under way.
pub(super) struct Tx<'a> {
    /// The connection, inside a transaction.
    pub(super) db: &'a Connection,
    /// Who writes, and how.
    pub(super) write: &'a Write,
    /// When.
    pub(super) now: Timestamp,
    /// Whether the disk has no room for what it needs.
    pub(super) is_full: bool,
}

/// What a write tells the feed of one resource that it changed.
#[derive(Clone, Copy)]
pub(super) struct Entry<'a> {
    /// What was done.
    pub(super) kind: EntryKind,
    /// The name of the resource.
    pub(super) resource: &'a str,
    /// What people call it.
    pub(super) title: &'a str,
    /// The number of the revision that it leaves of a product.
    pub(super) revision: Option<u64>,
    /// The fields that it changed.
    pub(super) fields: &'a [String],
}

/// What one item of a write comes to: a refusal is an answer, a failure ends the write.
pub(super) type Item<T> = Result<Result<T, Refusal>>;

impl Tx<'_> {
    /// Does the items of a write, all of them or none, and only as long as their answer can be sent. A request that was answered
    /// before is answered the same again.
    pub(super) fn all<I>(
        &self,
        items: &[I],
        one: impl Fn(&Self, &I) -> Item<Vec<u8>>,
    ) -> Result<Vec<Vec<u8>>> {
        if let Some(answers) = self.recall()? {
            return Ok(answers);
        }
        self.check_room()?;
        let mut answers = Vec::with_capacity(items.len());
        let (mut refused, mut bytes) = (Vec::new(), 0);
        for (index, item) in items.iter().enumerate() {
            match one(self, item)? {
                Ok(answer) => {
                    bytes += answer.len();
                    answers.push(answer);
                }
                Err(refusal) => refused.push((index, refusal)),
            }
            if bytes > LARGEST_ANSWER {
                break;
            }
        }
        if !refused.is_empty() {
            return Err(Error::Refused(refused));
        }
        if bytes > LARGEST_ANSWER {
            return Err(Error::AnswerTooLarge);
        }
        self.remember(&answers)?;
        Ok(answers)
    }

    /// Refuses what there is no room for. What was done before is recalled first: it was not refused then.
    pub(super) fn check_room(&self) -> Result<()> {
        if self.is_full { Err(Error::Full) } else { Ok(()) }
    }

    /// Gives a change its number in the feed.
    pub(super) fn feed(&self, entry: Entry<'_>) -> Result<()> {
        let actor = &self.write.caller.actor;
        let request = self.write.request.as_ref().map(|request| request.id.as_str());
        let mut insert = self.db.prepare_cached(
            "INSERT INTO changes (kind, resource, actor, actor_display_name, request_id, changed_fields, time,
                title, revision)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        )?;
        insert.execute((
            entry.kind.number(),
            entry.resource,
            &actor.name,
            &actor.display_name,
            request,
            entry.fields.join("\n"),
            self.now.as_microsecond(),
            entry.title,
            entry.revision.map(u64::cast_signed),
        ))?;
        Ok(())
    }

    /// What this request was answered within the last 24 hours.
    pub(super) fn recall(&self) -> Result<Option<Vec<Vec<u8>>>> {
        let Some(request) = self.request() else { return Ok(None) };
        let mut select = self.db.prepare_cached(
            "SELECT digest, answer FROM requests WHERE caller = ?1 AND id = ?2 AND time > ?3",
        )?;
        let since = self.horizon();
        let found = select
            .query_row((&self.write.caller.actor.name, &request.id, since), |row| {
                Ok((row.get::<_, Vec<u8>>(0)?, row.get::<_, Vec<u8>>(1)?))
            })
            .optional()?;
        match found {
            None => Ok(None),
            Some((digest, answer)) if digest == request.digest => Ok(Some(split(&answer)?)),
            Some(_) => Err(Error::RequestIdReused { id: request.id.clone() }),
        }
    }

    /// Keeps what this request is answered, for when it is sent again.
    pub(super) fn remember(&self, answers: &[Vec<u8>]) -> Result<()> {
        let Some(request) = self.request() else { return Ok(()) };
        // A few at a time, so that no write pays for all that have grown old.
        self.db
            .prepare_cached(
                "DELETE FROM requests WHERE rowid IN
                 (SELECT rowid FROM requests WHERE time <= ?1 ORDER BY time LIMIT 8)",
            )?
            .execute([self.horizon()])?;
        self.db
            .prepare_cached(
                "INSERT OR REPLACE INTO requests (caller, id, digest, answer, time)
                 VALUES (?1, ?2, ?3, ?4, ?5)",
            )?
            .execute((
                &self.write.caller.actor.name,
                &request.id,
                request.digest,
                join(answers),
                self.now.as_microsecond(),
            ))?;
        Ok(())
    }

    /// A request that only validates is never a repetition, and none is a repetition of it.
    fn request(&self) -> Option<&RequestId> {
        self.write.request.as_ref().filter(|_| !self.write.validate_only)
    }

    fn horizon(&self) -> i64 {
        let horizon = self.now.checked_sub(REMEMBERED).unwrap_or(Timestamp::MIN);
        horizon.as_microsecond()
    }
}

/// Puts several answers into one, each behind its length.
fn join(answers: &[Vec<u8>]) -> Vec<u8> {
    let mut joined = Vec::with_capacity(answers.iter().map(|answer| answer.len() + 4).sum());
    for answer in answers {
        let length = u32::try_from(answer.len()).unwrap_or(u32::MAX);
        joined.extend_from_slice(&length.to_le_bytes());
        joined.extend_from_slice(answer);
    }
    joined
}

fn split(mut joined: &[u8]) -> Result<Vec<Vec<u8>>> {
    let mut answers = Vec::new();
    while let Some((length, rest)) = joined.split_first_chunk::<4>() {
        let length = usize::try_from(u32::from_le_bytes(*length)).unwrap_or(usize::MAX);
        let Some((answer, rest)) = rest.split_at_checked(length) else { break };
        answers.push(answer.to_vec());
        joined = rest;
    }
    if joined.is_empty() { Ok(answers) } else { Err(super::failure::damaged("an answer")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_come_apart_as_they_were_put_together() {
        let answers = vec![b"one".to_vec(), Vec::new(), vec![0; 70_000]];
        assert_eq!(split(&join(&answers)).unwrap(), answers);
        assert!(split(&join(&answers)[..5]).is_err());
    }
}
