//! Wire bytes to ProtoJSON, printed while the bytes are walked.
//!
//! The fast path holds while fields come in order of their numbers and nothing repeats that may
//! not, which is what encoders emit. At the first violation the whole reply is printed again by
//! the slow path, which first sorts the occurrences of each message. The restart happens once,
//! never per sub-message: nested retries would double the work at each level.

mod any;
mod maps;
mod slow;
mod values;
mod well_known;

use std::ops::Range;

use bytes::BytesMut;

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
    keys: Vec<(usize, usize)>,
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
        keys: Vec::new(),
        json_depth: 0,
        wire_depth: 0,
        out,
    };
    let mut result = walk(&mut printer);
    // What is broken may be replaced further on, which the fast path cannot know.
    if matches!(result, Err(Stop::Restart | Stop::Broken(_) | Stop::Unprintable(_))) {
        printer.out.truncate(start);
        printer.slow = true;
        printer.keys.clear();
        (printer.json_depth, printer.wire_depth) = (0, 0);
        result = walk(&mut printer);
    }
    let result = result.and_then(|()| printer.check_size());
    result.map_err(|stop| {
        printer.out.truncate(start);
        stop.fault()
    })
}

/// How far the printing of one message got.
struct Progress {
    /// The first field that has not been passed yet.
    next: usize,
    /// The list or map whose bracket is open.
    open: Option<usize>,
    map: maps::Open,
    /// No member was printed yet.
    first: bool,
    oneofs: u128,
}

impl<'a> Printer<'a> {
    /// A message in its JSON form.
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
                self.open(b'{')?;
                self.members(msg, wire, true)?;
                self.close(b'}');
            }
            _ => self.well_known(msg, wire)?,
        }
        self.wire_depth -= 1;
        Ok(())
    }

    /// The members of a message, without braces; `first` when nothing stands before them.
    fn members(&mut self, msg: &'a Msg, wire: &[u8], first: bool) -> Print<()> {
        if self.slow {
            return self.sorted_members(msg, wire, first);
        }
        let mut reader = Reader::new(wire);
        let mut progress =
            Progress { next: 0, open: None, map: maps::Open::default(), first, oneofs: 0 };
        while let Some((number, wire_type)) = reader.tag()? {
            let index = msg.index(number).filter(|index| msg.fields[*index].takes(wire_type));
            let Some(index) = index else {
                reader.skip(number, wire_type, self.options.max_depth)?;
                continue;
            };
            let field = &msg.fields[index];
            if index < progress.next {
                let value = reader.value(wire_type)?;
                self.again(field, index, value, &mut progress)?;
                continue;
            }
            match (field.card, field.kind) {
                // Most values are texts and messages, which need no look at what else they could be.
                (Card::Singular, Kind::String) if self.as_usual => {
                    let text = reader.bytes()?;
                    self.pass(msg, index, &mut progress)?;
                    let key = field.key(self.options);
                    let skipped = usize::from(std::mem::take(&mut progress.first));
                    let put = match key.padded(skipped) {
                        Some(padded) => text::put_named(&mut self.out, padded, text),
                        None => {
                            self.out.put_slice(&key.text[skipped..]);
                            text::put_quoted(&mut self.out, text)
                        }
                    };
                    put.ok_or(NOT_UTF8)?;
                }
                (Card::Singular, Kind::Message(id)) => {
                    let content = reader.bytes()?;
                    self.pass(msg, index, &mut progress)?;
                    self.put_key(field, &mut progress.first);
                    self.message(id, content)?;
                }
                (Card::Singular, _) => {
                    let value = reader.value(wire_type)?;
                    self.pass(msg, index, &mut progress)?;
                    self.member(field, value, &mut progress.first)?;
                }
                _ => {
                    let value = reader.value(wire_type)?;
                    self.begin(msg, index, value, &mut progress)?;
                }
            }
        }
        self.close_list(msg, &mut progress);
        self.defaults(msg, progress.next..msg.fields.len(), &mut progress.first);
        self.check_size()
    }

    /// A field that came before: the next part of an open list or map, or what only the slow path can put right.
    fn again(
        &mut self,
        field: &'a Field,
        index: usize,
        value: Value<'_>,
        progress: &mut Progress,
    ) -> Print<()> {
        if progress.open != Some(index) {
            return Err(Stop::Restart);
        }
        self.elements(field, value, false, &mut progress.map)
    }

    /// Goes on to a field: what is open before it is closed, what was left out printed.
    #[inline(always)]
    fn pass(&mut self, msg: &Msg, index: usize, progress: &mut Progress) -> Print<()> {
        self.close_list(msg, progress);
        if let Some(oneof) = msg.fields[index].oneof {
            let bit = 1_u128.checked_shl(u32::from(oneof)).ok_or(Stop::Restart)?;
            if progress.oneofs & bit != 0 {
                return Err(Stop::Restart);
            }
            progress.oneofs |= bit;
        }
        if progress.next < index {
            self.defaults(msg, progress.next..index, &mut progress.first);
        }
        progress.next = index + 1;
        Ok(())
    }

    /// The first occurrence of a list or map.
    fn begin(
        &mut self,
        msg: &'a Msg,
        index: usize,
        value: Value<'_>,
        progress: &mut Progress,
    ) -> Print<()> {
        let field = &msg.fields[index];
        // An empty packed run is no occurrence at all.
        if matches!(value, Value::Bytes([])) && field.wire_type != wire::LEN {
            return Ok(());
        }
        self.pass(msg, index, progress)?;
        self.put_key(field, &mut progress.first);
        if field.card == Card::Map {
            self.open(b'{')?;
            progress.map = self.begin_map();
        } else {
            self.open(b'[')?;
        }
        progress.open = Some(index);
        self.elements(field, value, true, &mut progress.map)
    }

    /// One occurrence of a list or map; `first` when the bracket was just opened.
    fn elements(
        &mut self,
        field: &'a Field,
        value: Value<'_>,
        mut first: bool,
        map: &mut maps::Open,
    ) -> Print<()> {
        match (field.card, field.kind, value) {
            (Card::Map, Kind::Message(entry), Value::Bytes(content)) => {
                self.entry(entry, content, map)
            }
            (_, kind, Value::Bytes(run)) if kind.wire_type() != wire::LEN => {
                let mut reader = Reader::new(run);
                while !reader.is_empty() {
                    let value = reader.value(kind.wire_type())?;
                    self.comma(&mut first);
                    self.value(kind, value)?;
                }
                self.check_size()
            }
            (_, kind, value) => {
                self.comma(&mut first);
                self.value(kind, value)?;
                self.check_size()
            }
        }
    }

    #[inline(always)]
    fn close_list(&mut self, msg: &Msg, progress: &mut Progress) {
        if let Some(index) = progress.open {
            progress.open = None;
            match msg.fields[index].card {
                Card::Map => self.end_map(&progress.map),
                _ => self.close(b']'),
            }
        }
    }

    /// A singular field; an implicit default counts as absent.
    #[inline]
    fn member(&mut self, field: &'a Field, value: Value<'_>, first: &mut bool) -> Print<()> {
        if self.options.omit_defaults && !field.presence && values::is_default(field.kind, value) {
            return Ok(());
        }
        self.put_key(field, first);
        self.value(field.kind, value)
    }

    /// Fields without presence that the wire passed over.
    #[inline(never)]
    fn defaults(&mut self, msg: &Msg, gap: Range<usize>, first: &mut bool) {
        if !self.as_usual {
            return self.defaults_by_options(msg, gap, first);
        }
        let texts = msg.defaults(gap);
        if !texts.is_empty() {
            self.out.put_slice(&texts[usize::from(std::mem::take(first))..]);
        }
    }

    fn defaults_by_options(&mut self, msg: &Msg, gap: Range<usize>, first: &mut bool) {
        if self.options.omit_defaults {
            return;
        }
        for field in &msg.fields[gap] {
            if !field.presence {
                self.put_key(field, first);
                self.out.put_slice(self.tables.default_text(field, self.options));
            }
        }
    }

    #[inline(always)]
    fn put_key(&mut self, field: &Field, first: &mut bool) {
        let key = field.key(self.options);
        // Keys carry their comma, so that both are one copy.
        let skipped = usize::from(std::mem::take(first));
        match key.padded(skipped) {
            Some((padded, length)) => self.out.put_padded(padded, length),
            None => self.out.put_slice(&key.text[skipped..]),
        }
    }

    fn comma(&mut self, first: &mut bool) {
        if !std::mem::take(first) {
            self.out.put_u8(b',');
        }
    }

    fn open(&mut self, bracket: u8) -> Print<()> {
        self.json_depth += 1;
        if self.json_depth > self.options.max_depth {
            return Err(Stop::Limit(&"the reply is nested too deep"));
        }
        self.out.put_u8(bracket);
        Ok(())
    }

    fn close(&mut self, bracket: u8) {
        self.json_depth -= 1;
        self.out.put_u8(bracket);
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
