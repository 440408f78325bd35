//! Wire bytes to ProtoJSON, printed while the bytes are walked.
//!
//! The fast path holds while fields come in order of their numbers and nothing repeats that may
//! not, which is what encoders emit. At the first violation the whole reply is printed again by
//! the slow path, which first sorts the occurrences of each message. The restart happens once,
//! never per sub-message: nested retries would double the work at each level.

mod any;
mod maps;
mod slow;
mod well_known;

use bytes::{BufMut, BytesMut};

use crate::base64;
use crate::fault::{Fault, FaultClass};
use crate::num;
use crate::options::PrintOptions;
use crate::tables::{Card, Field, Kind, Msg, MsgId, Tables, Wkt};
use crate::text;
use crate::wire::{self, Broken, Reader, Value};

/// Why printing stopped.
#[derive(Debug)]
pub(crate) enum Stop {
    /// The fast path met something that needs the slow one.
    Restart,
    /// The bytes are no message of this type.
    Broken(&'static str),
    /// The message holds a value without a JSON form.
    Unprintable(&'static str),
    /// Too deep or too long.
    Limit(&'static str),
    /// A type that the crate refuses.
    Refused,
}

type Print<T> = Result<T, Stop>;

impl From<Broken> for Stop {
    fn from(broken: Broken) -> Self {
        match broken {
            Broken::Truncated => Self::Broken("the message ends inside a value"),
            Broken::Varint => Self::Broken("a varint is longer than ten bytes"),
            Broken::Tag => Self::Broken("a tag is not valid"),
            Broken::Group => Self::Broken("a group does not match"),
            Broken::Depth => Self::Limit("groups are nested too deep"),
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
            Self::Broken(why) => (FaultClass::Malformed, "RESPONSE_INVALID", why),
            Self::Unprintable(why) => (FaultClass::Unprintable, "RESPONSE_UNPRINTABLE", why),
            Self::Limit(why) => (FaultClass::Limit, "RESPONSE_TOO_LARGE", why),
            Self::Refused => {
                let why = "the reply has a type that JSON cannot express";
                (FaultClass::Unsupported, "TYPE_UNSUPPORTED", why)
            }
        };
        Fault::new(class, 500, reason, message)
    }
}

/// One pass over one reply.
struct Printer<'a> {
    tables: &'a Tables,
    options: &'a PrintOptions,
    out: &'a mut BytesMut,
    /// The longest `out` may get.
    limit: usize,
    slow: bool,
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
        return Err(Stop::Limit("the reply is too large").fault());
    }
    let start = out.len();
    out.reserve(wire.len() + wire.len() / 2);
    let mut printer = Printer {
        tables,
        options,
        limit: start.saturating_add(options.max_bytes),
        slow: false,
        any_as_bytes,
        keys: Vec::new(),
        json_depth: 0,
        wire_depth: 0,
        out: &mut *out,
    };
    let mut result = walk(&mut printer);
    if matches!(result, Err(Stop::Restart)) {
        printer.out.truncate(start);
        printer.slow = true;
        printer.keys.clear();
        (printer.json_depth, printer.wire_depth) = (0, 0);
        result = walk(&mut printer);
    }
    let result = result.and_then(|()| printer.check_size());
    result.map_err(|stop| {
        out.truncate(start);
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
            return Err(Stop::Limit("the reply is nested too deep"));
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
            match index {
                Some(index) => {
                    let value = reader.value(wire_type)?;
                    self.occurrence(msg, index, value, &mut progress)?;
                }
                None => reader.skip(number, wire_type, self.options.max_depth)?,
            }
        }
        self.close_list(msg, &mut progress);
        self.defaults(msg, progress.next..msg.fields.len(), &mut progress.first);
        self.check_size()
    }

    /// One field as it comes along the wire.
    fn occurrence(
        &mut self,
        msg: &'a Msg,
        index: usize,
        value: Value<'_>,
        progress: &mut Progress,
    ) -> Print<()> {
        let field = &msg.fields[index];
        if progress.open == Some(index) {
            return self.elements(field, value, false, &mut progress.map);
        }
        if index < progress.next {
            return Err(Stop::Restart);
        }
        // An empty packed run is no occurrence at all.
        let empty = matches!(value, Value::Bytes([])) && field.kind.wire_type() != wire::LEN;
        if empty && field.card == Card::Repeated {
            return Ok(());
        }
        self.close_list(msg, progress);
        if let Some(oneof) = field.oneof {
            let bit = 1_u128.checked_shl(u32::from(oneof)).ok_or(Stop::Restart)?;
            if progress.oneofs & bit != 0 {
                return Err(Stop::Restart);
            }
            progress.oneofs |= bit;
        }
        self.defaults(msg, progress.next..index, &mut progress.first);
        progress.next = index + 1;
        match field.card {
            Card::Singular => return self.member(field, value, &mut progress.first),
            Card::Repeated => {
                self.put_key(field, &mut progress.first);
                self.open(b'[')?;
            }
            Card::Map => {
                self.put_key(field, &mut progress.first);
                self.open(b'{')?;
                progress.map = self.begin_map();
            }
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

    fn close_list(&mut self, msg: &Msg, progress: &mut Progress) {
        if let Some(index) = progress.open.take() {
            match msg.fields[index].card {
                Card::Map => self.end_map(&progress.map),
                _ => self.close(b']'),
            }
        }
    }

    /// A singular field; an implicit default counts as absent.
    fn member(&mut self, field: &'a Field, value: Value<'_>, first: &mut bool) -> Print<()> {
        if self.options.omit_defaults && !field.presence && is_default(field.kind, value) {
            return Ok(());
        }
        self.put_key(field, first);
        self.value(field.kind, value)
    }

    /// Fields without presence that the wire passed over.
    fn defaults(&mut self, msg: &Msg, gap: std::ops::Range<usize>, first: &mut bool) {
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

    fn put_key(&mut self, field: &Field, first: &mut bool) {
        let key = field.key(self.options);
        // Keys carry their comma, so that both are one copy.
        self.out.put_slice(&key[usize::from(std::mem::take(first))..]);
    }

    fn comma(&mut self, first: &mut bool) {
        if !std::mem::take(first) {
            self.out.put_u8(b',');
        }
    }

    fn open(&mut self, bracket: u8) -> Print<()> {
        self.json_depth += 1;
        if self.json_depth > self.options.max_depth {
            return Err(Stop::Limit("the reply is nested too deep"));
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
            return Err(Stop::Limit("the printed reply is too large"));
        }
        Ok(())
    }

    /// One value of any kind.
    fn value(&mut self, kind: Kind, value: Value<'_>) -> Print<()> {
        match (kind, value) {
            (Kind::Message(id), Value::Bytes(content)) => return self.message(id, content),
            (Kind::String, Value::Bytes(content)) => text::put_quoted(self.out, utf8(content)?),
            (Kind::Bytes, Value::Bytes(content)) => {
                self.out.put_u8(b'"');
                base64::encode(content, self.out);
                self.out.put_u8(b'"');
            }
            (kind, Value::Bits(bits)) => self.number(kind, bits),
            // `Field::takes` and packed runs let no other combination through.
            _ => return Err(Stop::Broken("a value has the wrong wire type")),
        }
        Ok(())
    }

    fn number(&mut self, kind: Kind, bits: u64) {
        match kind {
            Kind::Bool => self.out.put_slice(if bits == 0 { b"false" } else { b"true" }),
            Kind::Int32 | Kind::Sfixed32 => num::put_i64(self.out, i64::from(bits as i32)),
            Kind::Uint32 | Kind::Fixed32 => num::put_u64(self.out, u64::from(bits as u32)),
            Kind::Sint32 => num::put_i64(self.out, unzigzag(u64::from(bits as u32))),
            Kind::Int64 | Kind::Sfixed64 => self.long(|out| num::put_i64(out, bits as i64)),
            Kind::Uint64 | Kind::Fixed64 => self.long(|out| num::put_u64(out, bits)),
            Kind::Sint64 => self.long(|out| num::put_i64(out, unzigzag(bits))),
            Kind::Enum(id) => {
                let table = self.tables.enumeration(id);
                match table.text(bits as i32) {
                    _ if table.null => self.out.put_slice(b"null"),
                    Some(name) if !self.options.enums_as_ints => self.out.put_slice(name),
                    _ => num::put_i64(self.out, i64::from(bits as i32)),
                }
            }
            Kind::Float => self.float(f32::from_bits(bits as u32)),
            _ => self.double(f64::from_bits(bits)),
        }
    }

    /// 64-bit integers are strings unless asked otherwise.
    fn long(&mut self, put: impl Fn(&mut BytesMut)) {
        if self.options.int64_as_numbers {
            return put(self.out);
        }
        self.out.put_u8(b'"');
        put(self.out);
        self.out.put_u8(b'"');
    }

    fn double(&mut self, value: f64) {
        match special(value) {
            Some(name) => self.out.put_slice(name),
            None => num::put_f64(self.out, value),
        }
    }

    fn float(&mut self, value: f32) {
        match special(f64::from(value)) {
            Some(name) => self.out.put_slice(name),
            None => num::put_f32(self.out, value),
        }
    }
}

fn special(value: f64) -> Option<&'static [u8]> {
    match value {
        _ if value.is_nan() => Some(b"\"NaN\""),
        f64::INFINITY => Some(b"\"Infinity\""),
        f64::NEG_INFINITY => Some(b"\"-Infinity\""),
        _ => None,
    }
}

fn unzigzag(bits: u64) -> i64 {
    (bits >> 1) as i64 ^ -((bits & 1) as i64)
}

fn utf8(content: &[u8]) -> Print<&str> {
    std::str::from_utf8(content).map_err(|_| Stop::Broken("a string is not UTF-8"))
}

/// Whether a value is the implicit default of its kind. For floats this compares bits: -0.0 is
/// not the default.
fn is_default(kind: Kind, value: Value<'_>) -> bool {
    match (kind, value) {
        (_, Value::Bytes(content)) => content.is_empty(),
        (Kind::Int32 | Kind::Uint32 | Kind::Sint32 | Kind::Enum(_), Value::Bits(bits)) => {
            bits as u32 == 0
        }
        (_, Value::Bits(bits)) => bits == 0,
    }
}
