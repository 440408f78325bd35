//! Wire bytes to ProtoJSON, printed while the bytes are walked.
//!
//! The fast path holds while fields come in order of their numbers, lists and maps in one piece, and
//! nothing repeats that may not, which is what encoders emit. At the first violation the whole reply is printed again by
//! the slow path, which first sorts the occurrences of each message. The restart happens once,
//! never per sub-message: nested retries would double the work at each level.

mod any;
mod maps;
mod slow;
mod values;
mod well_known;

use std::ops::Range;

use bytes::BytesMut;

use crate::Keys;
use crate::fault::{Fault, FaultClass};
use crate::options::PrintOptions;
use crate::sink::Sink;
use crate::tables::{Card, Field, Kind, Msg, MsgId, Tables, Wkt};
use crate::text;
use crate::wire::{self, Broken, Reader, Value};

/// Why printing stopped. The texts are behind one more reference, so that two registers hold all of it: every step of
/// printing hands one on.
#[derive(Debug)]
pub(crate) enum Stop {
    /// The fast path met something that needs the slow one.
    Restart,
    /// The bytes are no message of this type.
    Broken(&'static &'static str),
    /// The message holds a value without a JSON form.
    Unprintable(&'static &'static str),
    /// Too deep or too long.
    Limit(&'static &'static str),
    /// A type that the crate refuses.
    Refused,
}

type Print<T> = Result<T, Stop>;

impl From<Broken> for Stop {
    fn from(broken: Broken) -> Self {
        match broken {
            Broken::Truncated => Self::Broken(&"the message ends inside a value"),
            Broken::Varint => Self::Broken(&"a varint is longer than ten bytes"),
            Broken::Tag => Self::Broken(&"a tag is not valid"),
            Broken::Group => Self::Broken(&"a group does not match"),
            Broken::Depth => Self::Limit(&"groups are nested too deep"),
        }
    }
}

impl Stop {
    fn fault(self) -> Fault {
        let (class, reason, message) = match self {
            // The slow path never restarts; the text is for the type's sake.
            Self::Restart => {
                (FaultClass::Malformed, "RESPONSE_INVALID", "the reply is not ordered")
            }
            Self::Broken(why) => (FaultClass::Malformed, "RESPONSE_INVALID", *why),
            Self::Unprintable(why) => (FaultClass::Unprintable, "RESPONSE_UNPRINTABLE", *why),
            Self::Limit(why) => (FaultClass::Limit, "RESPONSE_TOO_LARGE", *why),
            Self::Refused => {
                let why = "the reply has a type that JSON cannot express";
                (FaultClass::Unsupported, "TYPE_UNSUPPORTED", why)
            }
        };
        Fault::new(class, 500, reason, message)
    }
}

/// Room for the defaults of a reply that has next to nothing.
const ROOM: usize = 512;

/// One pass over one reply.
struct Printer<'a> {
    tables: &'a Tables,
    options: &'a PrintOptions,
    out: Sink<'a>,
    /// The longest `out` may get.
    limit: usize,
    slow: bool,
    /// The options are those that the tables hold the defaults of whole gaps for.
    as_usual: bool,
    /// Print an Any of unknown type as base64, as errors need it.
    any_as_bytes: bool,
    /// Printed keys of the maps being printed, as ranges of `out`.
    keys: Keys<(usize, usize)>,
    json_depth: u16,
    wire_depth: u16,
}

/// Appends the JSON of a message.
pub(crate) fn print(
    tables: &Tables,
    id: MsgId,
    wire: &[u8],
    options: &PrintOptions,
    out: &mut BytesMut,
) -> Result<(), Fault> {
    run(tables, wire, options, out, false, |printer| printer.message(id, wire))
}

/// Appends the JSON of one field of a message.
pub(crate) fn print_field(
    tables: &Tables,
    (id, index): (MsgId, usize),
    wire: &[u8],
    options: &PrintOptions,
    out: &mut BytesMut,
) -> Result<(), Fault> {
    run(tables, wire, options, out, false, |printer| printer.only_field(id, index, wire))
}

/// Appends the JSON of one error detail, an Any; a type the plan does not know becomes base64.
pub(crate) fn print_detail(
    tables: &Tables,
    any: MsgId,
    wire: &[u8],
    options: &PrintOptions,
    out: &mut BytesMut,
) -> Result<(), Fault> {
    run(tables, wire, options, out, true, |printer| printer.message(any, wire))
}

fn run(
    tables: &Tables,
    wire: &[u8],
    options: &PrintOptions,
    out: &mut BytesMut,
    any_as_bytes: bool,
    walk: impl Fn(&mut Printer<'_>) -> Print<()>,
) -> Result<(), Fault> {
    if wire.len() > options.max_wire {
        return Err(Stop::Limit(&"the reply is too large").fault());
    }
    let start = out.len();
    // Names and brackets are about as long as what the wire has for them and the values together.
    let out = Sink::over(out, wire.len() * 3 + ROOM);
    let mut printer = Printer {
        tables,
        options,
        limit: start.saturating_add(options.max_bytes),
        slow: false,
        as_usual: options.is_usual(),
        any_as_bytes,
        keys: Keys::new(),
        json_depth: 0,
        wire_depth: 0,
        out,
    };
    let mut result = walk(&mut printer);
    // What is broken may be replaced further on, which the fast path cannot know.
    if matches!(result, Err(Stop::Restart | Stop::Broken(_) | Stop::Unprintable(_))) {
        printer.out.truncate(start);
        printer.slow = true;
        printer.keys.truncate(0);
        (printer.json_depth, printer.wire_depth) = (0, 0);
        result = walk(&mut printer);
    }
    let result = result.and_then(|()| printer.check_size());
    result.map_err(|stop| {
        printer.out.truncate(start);
        stop.fault()
    })
}

impl<'a> Printer<'a> {
    /// A message in its JSON form.
    #[inline(always)]
    fn message(&mut self, id: MsgId, wire: &[u8]) -> Print<()> {
        let msg = self.tables.msg(id);
        if msg.refused.is_some() {
            return Err(Stop::Refused);
        }
        self.wire_depth += 1;
        if self.wire_depth > self.options.max_depth {
            return Err(Stop::Limit(&"the reply is nested too deep"));
        }
        match msg.wkt {
            Wkt::None | Wkt::Empty | Wkt::HttpBody => {
                let start = self.enter()?;
                self.members(msg, wire)?;
                self.leave(start, *b"{}");
            }
            _ => self.well_known(msg, wire)?,
        }
        self.wire_depth -= 1;
        Ok(())
    }

    /// The members of a message, without braces and with a comma before each.
    fn members(&mut self, msg: &'a Msg, wire: &[u8]) -> Print<()> {
        if self.slow {
            return self.sorted_members(msg, wire);
        }
        let mut reader = Reader::new(wire);
        let (mut next, mut oneofs) = (0, 0);
        loop {
            let (index, wire_type) = match reader.short(|tag| Some((msg.tagged(tag)?, tag & 7))) {
                Some(known) => known,
                None if reader.is_empty() => break,
                None => {
                    // A copy, so that the reader itself needs no place in memory.
                    let mut ahead = reader;
                    let Some(known) = self.search_known(msg, &mut ahead)? else { break };
                    reader = ahead;
                    known
                }
            };
            let field = &msg.fields[index];
            if index != next {
                // Only the slow path can put right what comes too late.
                if index < next {
                    return Err(Stop::Restart);
                }
                self.defaults(msg, next..index);
            }
            next = index + 1;
            if field.oneof_bit != 0 {
                // The same for what comes after another member of its oneof.
                if oneofs & field.oneof_bit != 0 {
                    return Err(Stop::Restart);
                }
                oneofs |= field.oneof_bit;
            }
            match (field.card, field.kind) {
                // Most values are texts and messages, which need no look at what else they could be.
                (Card::Singular, Kind::String) => self.text_member(field, reader.bytes()?)?,
                (Card::Singular, Kind::Message(id)) => {
                    self.out.put_piece(field.key(self.options));
                    self.message(id, reader.bytes()?)?;
                }
                (Card::Singular, Kind::Bytes) => {
                    self.member(field, reader.bytes().map(Value::Bytes)?)?;
                }
                (Card::Singular, kind) => {
                    let bits = reader.bits(field.wire_type)?;
                    if !self.is_omitted(field) || !values::is_zero(kind, bits) {
                        self.out.put_piece(field.key(self.options));
                        self.number(kind, bits);
                    }
                }
                _ => {
                    let mut ahead = reader;
                    self.collection(field, wire_type, &mut ahead)?;
                    reader = ahead;
                }
            }
        }
        if next < msg.fields.len() {
            self.defaults(msg, next..msg.fields.len());
        }
        self.check_size()
    }

    /// The next field that the message knows, and its wire type, where a look at one byte has not found it: behind a long
    /// tag or unknown fields.
    #[inline(never)]
    fn search_known(&self, msg: &Msg, reader: &mut Reader<'_>) -> Print<Option<(usize, u8)>> {
        while let Some((number, wire_type)) = reader.tag()? {
            let known = msg.index(number).filter(|index| msg.fields[*index].takes(wire_type));
            if let Some(index) = known {
                return Ok(Some((index, wire_type)));
            }
            reader.skip(number, wire_type, self.options.max_depth)?;
        }
        Ok(None)
    }

    /// A list or map: all its occurrences that follow one another.
    #[inline(never)]
    fn collection(
        &mut self,
        field: &'a Field,
        wire_type: u8,
        reader: &mut Reader<'_>,
    ) -> Print<()> {
        let before = self.out.len();
        self.out.put_piece(field.key(self.options));
        let start = self.enter()?;
        if let (Card::Map, Kind::Message(entry)) = (field.card, field.kind) {
            let mut map = self.begin_map(entry);
            loop {
                self.entry(entry, reader.bytes()?, &mut map)?;
                if !reader.again(field.number, wire_type) {
                    break;
                }
            }
            self.end_map(&map, start);
            return Ok(());
        }
        loop {
            match field.kind {
                Kind::String => self.text_element(reader.bytes()?)?,
                Kind::Message(id) => self.message_element(id, reader.bytes()?)?,
                _ => self.elements(field, reader.value(wire_type)?)?,
            }
            if !reader.again(field.number, wire_type) {
                break;
            }
        }
        // Empty packed runs are no occurrence at all.
        let is_empty = self.out.len() == start;
        self.leave(start, *b"[]");
        if is_empty && self.options.omit_defaults {
            self.out.truncate(before);
        }
        Ok(())
    }

    /// One occurrence of a list, with a comma before each element.
    fn elements(&mut self, field: &'a Field, value: Value<'_>) -> Print<()> {
        match (field.kind, value) {
            (Kind::String, Value::Bytes(text)) => return self.text_element(text),
            (Kind::Message(id), Value::Bytes(content)) => return self.message_element(id, content),
            (kind, Value::Bytes(run)) if field.wire_type != wire::LEN => {
                let mut reader = Reader::new(run);
                while !reader.is_empty() {
                    let bits = reader.bits(field.wire_type)?;
                    self.out.put_u8(b',');
                    self.number(kind, bits);
                }
            }
            (kind, value) => {
                self.out.put_u8(b',');
                self.value(kind, value)?;
            }
        }
        self.check_size()
    }

    #[inline]
    fn text_element(&mut self, text: &[u8]) -> Print<()> {
        text::put_named(&mut self.out, (maps::COMMA, 1), text).ok_or(NOT_UTF8)?;
        self.check_size()
    }

    #[inline]
    fn message_element(&mut self, id: MsgId, content: &[u8]) -> Print<()> {
        self.out.put_u8(b',');
        self.message(id, content)
    }

    /// A singular text.
    #[inline(always)]
    fn text_member(&mut self, field: &Field, text: &[u8]) -> Print<()> {
        if text.is_empty() && self.is_omitted(field) {
            return Ok(());
        }
        let key = field.key(self.options);
        let put = match key.padded() {
            Some(padded) => text::put_named(&mut self.out, padded, text),
            None => {
                self.out.put_slice(key.text());
                text::put_quoted(&mut self.out, text)
            }
        };
        put.ok_or(NOT_UTF8)
    }

    /// A singular field; an implicit default counts as absent.
    #[inline]
    fn member(&mut self, field: &'a Field, value: Value<'_>) -> Print<()> {
        if self.is_omitted(field) && values::is_default(field.kind, value) {
            return Ok(());
        }
        self.out.put_piece(field.key(self.options));
        self.value(field.kind, value)
    }

    /// Whether the default of a field is left out.
    #[inline(always)]
    fn is_omitted(&self, field: &Field) -> bool {
        self.options.omit_defaults && !field.presence
    }

    /// Fields without presence that the wire passed over.
    #[inline(never)]
    fn defaults(&mut self, msg: &Msg, gap: Range<usize>) {
        if self.as_usual {
            let piece = msg.defaults(gap);
            if piece.1 > 0 {
                self.out.put_start(piece);
            }
        } else if !self.options.omit_defaults {
            self.defaults_by_options(msg, gap);
        }
    }

    fn defaults_by_options(&mut self, msg: &Msg, gap: Range<usize>) {
        for field in msg.fields[gap].iter().filter(|field| !field.presence) {
            self.out.put_piece(field.key(self.options));
            self.out.put_slice(self.tables.default_text(field, self.options));
        }
    }

    /// Begins a JSON object or array, whose bracket is written at its end: every member brings the comma before it, and
    /// that of the first gives way to the bracket. Nobody has to know whether it is the first.
    #[inline]
    fn enter(&mut self) -> Print<usize> {
        self.json_depth += 1;
        if self.json_depth > self.options.max_depth {
            return Err(Stop::Limit(&"the reply is nested too deep"));
        }
        Ok(self.out.len())
    }

    /// Ends what began at `start`.
    #[inline(always)]
    fn leave(&mut self, start: usize, brackets: [u8; 2]) {
        self.json_depth -= 1;
        self.surround(start, brackets);
    }

    /// Puts brackets around what was put behind `start`, the first of them in the place of a comma.
    #[inline(always)]
    fn surround(&mut self, start: usize, [open, close]: [u8; 2]) {
        if self.out.len() == start {
            self.out.put_u8(open);
        }
        self.out.replace(start, open);
        self.out.put_u8(close);
    }

    fn check_size(&self) -> Print<()> {
        if self.out.len() > self.limit {
            return Err(Stop::Limit(&"the printed reply is too large"));
        }
        Ok(())
    }
}

const NOT_UTF8: Stop = Stop::Broken(&"a string is not UTF-8");

fn utf8(content: &[u8]) -> Print<&str> {
    std::str::from_utf8(content).map_err(|_| NOT_UTF8)
}
