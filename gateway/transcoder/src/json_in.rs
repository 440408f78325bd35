//! ProtoJSON to wire bytes in one forward pass: no message is built, lengths are filled in
//! afterwards, every rule of the format is checked while the text is read.

mod any;
mod collections;
mod locate;
mod mask;
mod scan;
mod seen;
mod well_known;

use bytes::BytesMut;

pub(crate) use collections::map_key;
use mask::Recorder;
use scan::Members;
use seen::Seen;

use crate::Keys;
use crate::fault::{Fault, FaultClass, Violation, clip};
use crate::options::ParseOptions;
use crate::scalar::{self, Put};
use crate::tables::{Card, Field, Kind, Msg, MsgId, Tables, Wkt};
use crate::text;
use crate::wire;

/// How many unknown fields one fault names.
const MAX_UNKNOWN: usize = 16;

/// Why reading stopped. Where it stands in the message is found again from the offset, so that
/// good requests pay nothing for it.
#[derive(Debug)]
pub(crate) struct Stop {
    at: usize,
    reason: &'static str,
    message: &'static str,
}

type Read<T> = Result<T, Box<Stop>>;

const SYNTAX: &str = "JSON_SYNTAX";
const UNKNOWN: &str = "FIELD_UNKNOWN";
const DUPLICATE: &str = "FIELD_DUPLICATE";
const CONFLICT: &str = "ONEOF_CONFLICT";
const INVALID: &str = "FIELD_INVALID";
const DEPTH: &str = "DEPTH_EXCEEDED";
const KEYS: &str = "KEYS_EXCEEDED";
const UNSUPPORTED: &str = "TYPE_UNSUPPORTED";

/// One pass over one JSON text.
struct Parser<'a> {
    tables: &'a Tables,
    options: &'a ParseOptions,
    json: &'a str,
    pos: usize,
    out: &'a mut BytesMut,
    /// Encoded map keys of the maps being read, as ranges of `out`, and where they stand.
    keys: Keys<collections::Key>,
    unknown: Vec<usize>,
    json_depth: u16,
    wire_depth: u16,
    recorder: Option<Recorder<'a>>,
}

/// What a JSON text is read as.
#[derive(Clone, Copy)]
pub(crate) enum Target<'a> {
    /// A whole message.
    Message(MsgId),
    /// One field: its tag and value are written.
    Field(&'a Field),
}

/// Appends the wire bytes of a JSON text. With `unlisted`, the fields of a PATCH body that no mask
/// names, the answer is the content of the FieldMask of all others that the text sets.
pub(crate) fn read(
    tables: &Tables,
    target: Target<'_>,
    json: &[u8],
    options: &ParseOptions,
    unlisted: Option<&[Box<str>]>,
    out: &mut BytesMut,
) -> Result<BytesMut, Fault> {
    let start = out.len();
    let prefix = match target {
        Target::Message(_) => "",
        Target::Field(field) => &field.json,
    };
    let text = checked(tables, target, json, options)?;
    out.reserve(json.len() / 2);
    let mut parser = Parser {
        tables,
        options,
        json: text,
        pos: 0,
        out: &mut *out,
        keys: Keys::new(),
        unknown: Vec::new(),
        json_depth: 0,
        wire_depth: 1,
        recorder: unlisted.map(Recorder::new),
    };
    let result = parser.root(target);
    let (unknown, recorder) = (parser.unknown, parser.recorder);
    let fault = match result {
        Err(stop) => stopped(text, prefix, &stop, options),
        Ok(()) if !unknown.is_empty() => unknown_fields(text, prefix, &unknown),
        Ok(()) => return Ok(recorder.map(|recorder| recorder.content).unwrap_or_default()),
    };
    out.truncate(start);
    Err(fault)
}

/// Size, refused types and UTF-8, before anything is read.
fn checked<'a>(
    tables: &Tables,
    target: Target<'_>,
    json: &'a [u8],
    options: &ParseOptions,
) -> Result<&'a str, Fault> {
    if json.len() > options.max_bytes {
        let message = format!("the body is longer than {} bytes", options.max_bytes);
        return Err(Fault::new(FaultClass::Limit, 413, "BODY_TOO_LARGE", message));
    }
    let id = match target {
        Target::Message(id) => Some(id),
        Target::Field(field) => field.message(),
    };
    if let Some(reason) = id.and_then(|id| tables.msg(id).refused.as_deref()) {
        return Err(Fault::new(FaultClass::Unsupported, 501, UNSUPPORTED, reason));
    }
    std::str::from_utf8(json).map_err(|error| {
        let at = error.valid_up_to();
        let valid = json.get(..at).and_then(|head| std::str::from_utf8(head).ok());
        let mut fault = Fault::bad(SYNTAX, "the text is not UTF-8");
        fault.line = valid.map(|head| locate::line(head, at));
        fault.at = Some(at);
        fault
    })
}

fn stopped(json: &str, prefix: &str, stop: &Stop, options: &ParseOptions) -> Fault {
    let path = locate::path(json, stop.at, prefix);
    let description = match stop.reason {
        KEYS => format!("has more than {} keys; send fewer at a time", options.max_keys),
        _ => stop.message.to_owned(),
    };
    let mut fault = Fault::bad(stop.reason, description.as_str());
    fault.at = Some(stop.at);
    fault.line = Some(locate::line(json, stop.at));
    if matches!(stop.reason, DEPTH | KEYS) {
        fault.class = FaultClass::Limit;
    }
    if stop.reason == SYNTAX {
        return fault;
    }
    fault.message = match path.as_str() {
        "" => format!("the body {description}"),
        path => format!("`{}` {description}", clip(path)),
    };
    fault.violations.push(Violation { field: path, reason: stop.reason, description });
    fault
}

fn unknown_fields(json: &str, prefix: &str, offsets: &[usize]) -> Fault {
    let mut fault = Fault::bad(UNKNOWN, "the body has unknown fields");
    fault.at = offsets.first().copied();
    fault.line = fault.at.map(|at| locate::line(json, at));
    for at in offsets {
        let field = locate::path(json, *at, prefix);
        let description = "is not a known field".to_owned();
        fault.violations.push(Violation { field, reason: UNKNOWN, description });
    }
    if let [only] = fault.violations.as_slice() {
        fault.message = format!("`{}` is not a known field", clip(&only.field));
    }
    fault
}

impl<'a> Parser<'a> {
    fn root(&mut self, target: Target<'a>) -> Read<()> {
        self.space();
        match target {
            Target::Message(id) => self.message(id)?,
            Target::Field(field) => self.field(field)?,
        }
        self.space();
        match self.peek() {
            None => Ok(()),
            Some(_) => Err(self.syntax("there is text after the end of the value")),
        }
    }

    /// The content of a message, without tag and length.
    fn message(&mut self, id: MsgId) -> Read<()> {
        let msg = self.tables.msg(id);
        match msg.wkt {
            Wkt::None | Wkt::Empty | Wkt::HttpBody => self.object(msg),
            _ => self.well_known(id, msg),
        }
    }

    /// The members of an object that is read as a message.
    fn object(&mut self, msg: &'a Msg) -> Read<()> {
        let mut members = self.open_object()?;
        let mut seen = Seen::new(msg.fields.len() + msg.oneofs);
        let mut next = 0;
        while let Some((at, index)) = self.next_member(msg, next, &mut members)? {
            self.member(msg, index, at, &mut seen)?;
            next = index + 1;
        }
        Ok(())
    }

    /// Goes on to the value of the next member that the message knows. Tells where its key stands, and its field, which is
    /// likely the one at `next`.
    #[inline]
    fn next_member(
        &mut self,
        msg: &Msg,
        next: usize,
        members: &mut Members,
    ) -> Read<Option<(usize, usize)>> {
        if let Some(spelling) = msg.fields.get(next).and_then(|field| field.spelling.as_ref())
            && let Some(at) = self.expected_key(spelling, members)?
        {
            return Ok(Some((at, next)));
        }
        while self.more_members(members)? {
            let at = self.pos;
            let key = self.key()?;
            match field_named(msg, next, &key) {
                Some(index) => return Ok(Some((at, index))),
                None => self.unknown_member(at)?,
            }
        }
        Ok(None)
    }

    /// The value of one member; its key stands at `at`.
    fn member(&mut self, msg: &'a Msg, index: usize, at: usize, seen: &mut Seen) -> Read<()> {
        let field = &msg.fields[index];
        if !seen.insert(index) {
            return Err(stop(at, DUPLICATE, "is given twice"));
        }
        if self.peek() == Some(b'n') && !self.reads_null(field) {
            self.literal("null")?;
            self.record(field);
            return Ok(());
        }
        if let Some(oneof) = field.oneof
            && !seen.insert(msg.fields.len() + usize::from(oneof))
        {
            return Err(stop(at, CONFLICT, "conflicts with another member of its oneof"));
        }
        match self.recorder {
            None => self.present(field),
            Some(_) => self.recorded(field),
        }
    }

    fn unknown_member(&mut self, at: usize) -> Read<()> {
        self.skip_value()?;
        if !self.options.lenient_body && self.unknown.len() < MAX_UNKNOWN {
            self.unknown.push(at);
        }
        Ok(())
    }

    /// A field whose `null` is a value and not an absence.
    fn reads_null(&self, field: &Field) -> bool {
        field.card == Card::Singular && self.null_is_value(field.kind)
    }

    fn null_is_value(&self, kind: Kind) -> bool {
        match kind {
            Kind::Message(id) => self.tables.msg(id).wkt == Wkt::Value,
            Kind::Enum(id) => self.tables.enumeration(id).null,
            _ => false,
        }
    }

    /// Tag and value of a field, from its JSON value on.
    fn field(&mut self, field: &'a Field) -> Read<()> {
        if self.peek() == Some(b'n') && !self.reads_null(field) {
            return self.literal("null");
        }
        self.present(field)
    }

    /// The same for a value that is no absence.
    fn present(&mut self, field: &'a Field) -> Read<()> {
        match (field.card, field.kind) {
            (Card::Map, Kind::Message(entry)) => self.map(field.number, entry),
            (Card::Repeated, _) => self.list(field),
            (_, Kind::Message(id)) => {
                scalar::put_tag(self.out, field);
                self.nested(id, 1).map(drop)
            }
            _ => {
                let mark = self.out.len();
                scalar::put_tag(self.out, field);
                match self.scalar(field.kind)? {
                    Put::Set => {}
                    Put::Zero if field.presence => {}
                    Put::Zero => self.out.truncate(mark),
                    Put::Dropped => {
                        self.out.truncate(mark);
                        self.forget();
                    }
                }
                Ok(())
            }
        }
    }

    /// Length and content of a message. Takes and returns the width of the length.
    fn nested(&mut self, id: MsgId, width: usize) -> Read<usize> {
        self.descend()?;
        let length = wire::begin(self.out, width);
        self.message(id)?;
        self.wire_depth -= 1;
        Ok(wire::end(self.out, length))
    }

    fn descend(&mut self) -> Read<()> {
        self.wire_depth += 1;
        if self.wire_depth > self.options.max_depth {
            return Err(stop(self.pos, DEPTH, "is nested too deep"));
        }
        Ok(())
    }

    /// The value of a scalar kind, with the length where the kind has one.
    fn scalar(&mut self, kind: Kind) -> Read<Put> {
        let at = self.pos;
        match (kind, self.peek()) {
            (Kind::String, Some(b'"')) => self.string_value(),
            (Kind::Bytes, Some(b'"')) => {
                let text = self.string()?;
                scalar::put_base64(self.out, text.as_bytes()).map_err(|why| invalid(at, why))
            }
            (Kind::Bool, Some(b't' | b'f')) => self.boolean(),
            (Kind::Enum(_), Some(b'"')) => self.enum_name(kind),
            (Kind::Enum(id), Some(b'n')) if self.tables.enumeration(id).null => {
                self.literal("null")?;
                wire::put_varint(self.out, 0);
                Ok(Put::Zero)
            }
            (Kind::String | Kind::Bytes, _) => Err(self.wrong("must be a string")),
            (Kind::Bool, _) => Err(self.wrong("must be `true` or `false`")),
            (_, Some(b'"' | b'-' | b'0'..=b'9')) => self.numeric(kind),
            (Kind::Enum(_), _) => Err(self.wrong("must be the name or number of an enum value")),
            _ => Err(self.wrong("must be a number")),
        }
    }

    /// A number, bare or in quotes.
    #[inline]
    fn numeric(&mut self, kind: Kind) -> Read<Put> {
        let at = self.pos;
        let put = match self.short_integer() {
            Some(integer) => scalar::put_integer(self.out, kind, integer),
            None if self.peek() == Some(b'"') => {
                let text = self.string()?;
                scalar::put_quoted_number(self.out, kind, &text)
            }
            None => {
                let text = self.number()?;
                scalar::put_json_number(self.out, kind, text)
            }
        };
        put.map_err(|why| invalid(at, why.message()))
    }

    fn boolean(&mut self) -> Read<Put> {
        let value = self.peek() == Some(b't');
        self.literal(if value { "true" } else { "false" })?;
        wire::put_varint(self.out, u64::from(value));
        Ok(Put::zero_if(!value))
    }

    fn enum_name(&mut self, kind: Kind) -> Read<Put> {
        let at = self.pos;
        let name = self.string()?;
        let any_case = self.options.enums_in_any_case;
        let put = scalar::put_enum_name(self.out, self.tables, kind, &name, any_case);
        // A quoted number is read as well, like any other quoted integer.
        match put.or_else(|why| scalar::put_number(self.out, kind, &name).map_err(|_| why)) {
            Err(_) if self.options.lenient_body => Ok(Put::Dropped),
            result => result.map_err(|why| invalid(at, why)),
        }
    }

    /// Length and content of a string.
    fn string_value(&mut self) -> Read<Put> {
        let (raw, escaped, at) = self.raw_string()?;
        if !escaped {
            return Ok(scalar::put_str(self.out, raw));
        }
        let length = wire::begin(self.out, wire::varint_len(raw.len() as u64));
        let out = &mut *self.out;
        text::unescape(raw, |piece| out.extend_from_slice(piece))
            .map_err(|bad| stop(at + bad, SYNTAX, "this escape is not valid"))?;
        wire::end(self.out, length);
        Ok(Put::zero_if(raw.is_empty()))
    }

    /// A fault of the value at the current position: of the JSON if no value starts here.
    fn wrong(&self, message: &'static str) -> Box<Stop> {
        match self.peek() {
            Some(b'{' | b'[' | b'"' | b't' | b'f' | b'n' | b'-' | b'0'..=b'9') => {
                invalid(self.pos, message)
            }
            _ => self.syntax("a value was expected"),
        }
    }

    fn syntax(&self, message: &'static str) -> Box<Stop> {
        stop(self.pos, SYNTAX, message)
    }
}

/// The field of a name, which is likely the one at `next`.
fn field_named(msg: &Msg, next: usize, key: &str) -> Option<usize> {
    match msg.fields.get(next) {
        Some(field) if *field.json == *key => Some(next),
        _ => msg.named(key),
    }
}

#[cold]
fn stop(at: usize, reason: &'static str, message: &'static str) -> Box<Stop> {
    Box::new(Stop { at, reason, message })
}

fn invalid(at: usize, message: &'static str) -> Box<Stop> {
    stop(at, INVALID, message)
}
