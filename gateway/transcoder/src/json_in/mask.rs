//! The mask of a PATCH without one: the leaf paths of the body, recorded while it is read.
//! Recording stops at lists, maps and well-known types, which are listed whole.

use bytes::BytesMut;

use super::{Parser, Read};
use crate::tables::{Card, Field, Kind, Wkt};
use crate::wire;

/// The paths recorded so far, as the content of a FieldMask.
#[derive(Debug)]
pub(crate) struct Recorder<'r> {
    /// Proto names of the message being read, relative to the body field.
    path: String,
    /// Paths that are never listed: bound by the URL, or the etag.
    excluded: &'r [Box<str>],
    /// Inside something that is listed whole, or not at all.
    paused: bool,
    /// The value just read was dropped, so it must not be listed.
    dropped: bool,
    pub(crate) content: BytesMut,
}

impl<'r> Recorder<'r> {
    pub(crate) fn new(excluded: &'r [Box<str>]) -> Self {
        Self {
            path: String::new(),
            excluded,
            paused: false,
            dropped: false,
            content: BytesMut::new(),
        }
    }

    /// Adds a name to the path and returns the length before it.
    fn enter(&mut self, field: &Field) -> usize {
        let before = self.path.len();
        if before > 0 {
            self.path.push('.');
        }
        self.path.push_str(&field.name);
        before
    }

    fn is_listed(&self, field: &Field) -> bool {
        !field.output_only
            && !field.identifier
            && !self.excluded.iter().any(|path| **path == *self.path)
    }
}

impl<'a> Parser<'a> {
    /// A field, noted in the mask when there is one.
    pub(super) fn recorded(&mut self, field: &'a Field) -> Read<()> {
        let goes_down = self.has_paths(field) && self.peek() == Some(b'{') && !self.empty_object();
        let Some(recorder) = self.recorder.as_mut().filter(|recorder| !recorder.paused) else {
            return self.present(field);
        };
        let before = recorder.enter(field);
        let listed = recorder.is_listed(field);
        recorder.paused = !(goes_down && listed);
        recorder.path.truncate(if recorder.paused { before } else { recorder.path.len() });
        self.present(field)?;
        if let Some(recorder) = self.recorder.as_mut() {
            recorder.path.truncate(before);
            recorder.paused = false;
            // A name dropped further down says nothing about this field.
            recorder.dropped &= matches!(field.kind, Kind::Enum(_)) && !field.is_list();
        }
        if !goes_down {
            self.record(field);
        }
        Ok(())
    }

    /// Lists a field as a whole.
    pub(super) fn record(&mut self, field: &Field) {
        let Some(recorder) = self.recorder.as_mut() else { return };
        if std::mem::take(&mut recorder.dropped) || recorder.paused {
            return;
        }
        let before = recorder.enter(field);
        if recorder.is_listed(field) {
            wire::put_bytes(&mut recorder.content, 1, recorder.path.as_bytes());
        }
        recorder.path.truncate(before);
    }

    /// The value just read was dropped.
    pub(super) fn forget(&mut self) {
        if let Some(recorder) = self.recorder.as_mut() {
            recorder.dropped = true;
        }
    }

    /// A message whose own fields can be listed.
    fn has_paths(&self, field: &Field) -> bool {
        let plain = |id| self.tables.msg(id).wkt == Wkt::None;
        self.recorder.is_some()
            && field.card == Card::Singular
            && field.message().is_some_and(plain)
    }

    /// Whether `{}` stands here.
    fn empty_object(&self) -> bool {
        let rest = &self.json.as_bytes()[self.pos + 1..];
        rest.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'}')
    }
}
