//! The protobuf wire format: reading fields, skipping what is unknown, writing varints and
//! lengths. It knows no schema and allocates nothing on the strength of a length it reads.

use bytes::{BufMut, BytesMut};

/// Wire type of int32, int64, uint32, uint64, sint32, sint64, bool and enum.
pub(crate) const VARINT: u8 = 0;
/// Wire type of fixed64, sfixed64 and double.
pub(crate) const FIXED64: u8 = 1;
/// Wire type of string, bytes, messages and packed lists.
pub(crate) const LEN: u8 = 2;
pub(crate) const START_GROUP: u8 = 3;
const END_GROUP: u8 = 4;
/// Wire type of fixed32, sfixed32 and float.
pub(crate) const FIXED32: u8 = 5;

/// Why wire bytes could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Broken {
    /// The bytes end inside a value.
    Truncated,
    /// A varint of more than ten bytes.
    Varint,
    /// A field number of 0, a tag above 32 bits, or a wire type that does not exist.
    Tag,
    /// A group that does not end, or ends without a start.
    Group,
    /// Groups nested too deep.
    Depth,
}

/// One value as it stands on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value<'a> {
    /// A varint or a fixed number, as its bits.
    Bits(u64),
    /// The content of a length-delimited value.
    Bytes(&'a [u8]),
}

/// A forward reader over one message.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    pub(crate) fn new(wire: &'a [u8]) -> Self {
        Self { rest: wire }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// How many bytes are still to be read.
    pub(crate) fn left(&self) -> usize {
        self.rest.len()
    }

    /// Passes a tag below 256, if `known` finds something for it. Such a tag is its own first byte on the wire, and behind
    /// those from 128 on there is a one.
    #[inline(always)]
    pub(crate) fn short<T>(&mut self, known: impl FnOnce(u8) -> Option<T>) -> Option<T> {
        let (tag, mut rest) = self.rest.split_first()?;
        let found = known(*tag)?;
        if *tag >= 0x80 {
            rest = rest.strip_prefix(&[1])?;
        }
        self.rest = rest;
        Some(found)
    }

    /// Passes the next tag, if it is this one, in its shortest form.
    #[inline]
    pub(crate) fn again(&mut self, number: u32, wire_type: u8) -> bool {
        let tag = number << 3 | u32::from(wire_type);
        if let Ok(short) = u8::try_from(tag) {
            return self.short(|tag| (tag == short).then_some(())).is_some();
        }
        let mut ahead = *self;
        let is_same = matches!(ahead.varint(), Ok(next) if next == u64::from(tag));
        if is_same {
            *self = ahead;
        }
        is_same
    }

    /// The next field number and wire type, or `None` at the end.
    #[inline]
    pub(crate) fn tag(&mut self) -> Result<Option<(u32, u8)>, Broken> {
        if self.rest.is_empty() {
            return Ok(None);
        }
        let tag = self.varint()?;
        let tag = u32::try_from(tag).map_err(|_| Broken::Tag)?;
        let (number, wire_type) = (tag >> 3, (tag & 7) as u8);
        if number == 0 || wire_type > FIXED32 {
            return Err(Broken::Tag);
        }
        Ok(Some((number, wire_type)))
    }

    /// A varint; one and two bytes have a shortcut, since most tags and lengths are no longer.
    #[inline]
    pub(crate) fn varint(&mut self) -> Result<u64, Broken> {
        match self.rest {
            [first, rest @ ..] if *first < 0x80 => {
                self.rest = rest;
                Ok(u64::from(*first))
            }
            [first, second, rest @ ..] if *second < 0x80 => {
                self.rest = rest;
                Ok(u64::from(*first & 0x7f) | u64::from(*second) << 7)
            }
            _ => self.long_varint(),
        }
    }

    /// The same for what is expected to be long.
    #[inline(always)]
    pub(crate) fn wide_varint(&mut self) -> Result<u64, Broken> {
        match self.by_word() {
            Some(value) => Ok(value),
            None => self.varint(),
        }
    }

    #[inline(never)]
    fn long_varint(&mut self) -> Result<u64, Broken> {
        if let Some(value) = self.by_word() {
            return Ok(value);
        }
        let mut value = 0;
        for (index, &byte) in self.rest.iter().take(10).enumerate() {
            value |= u64::from(byte & 0x7f).wrapping_shl(7 * index as u32);
            if byte < 0x80 {
                self.rest = &self.rest[index + 1..];
                return Ok(value);
            }
        }
        Err(if self.rest.len() < 10 { Broken::Truncated } else { Broken::Varint })
    }

    /// A varint that ends within a word, if there is a whole one.
    #[inline(always)]
    fn by_word(&mut self) -> Option<u64> {
        let word = self.word()?;
        let ends = !word & 0x8080_8080_8080_8080;
        self.rest =
            self.rest.get(ends.trailing_zeros() as usize / 8 + 1..).filter(|_| ends != 0)?;
        Some(joined(word & (ends ^ ends.wrapping_sub(1))))
    }

    /// The next eight bytes, or five at the end of a message, and then what ends no varint.
    #[inline(always)]
    fn word(&self) -> Option<u64> {
        if let Some(word) = self.rest.first_chunk() {
            return Some(u64::from_le_bytes(*word));
        }
        let [four @ .., last]: &[u8; 5] = self.rest.first_chunk()?;
        Some(u64::from(u32::from_le_bytes(*four)) | u64::from(*last) << 32 | !0 << 40)
    }

    /// The content of a length-delimited value.
    #[inline]
    pub(crate) fn bytes(&mut self) -> Result<&'a [u8], Broken> {
        let length = self.varint()?;
        let length = usize::try_from(length).map_err(|_| Broken::Truncated)?;
        if length > self.rest.len() {
            return Err(Broken::Truncated);
        }
        let (content, rest) = self.rest.split_at(length);
        self.rest = rest;
        Ok(content)
    }

    #[inline]
    fn fixed<const N: usize>(&mut self) -> Result<[u8; N], Broken> {
        let (head, rest) = self.rest.split_first_chunk::<N>().ok_or(Broken::Truncated)?;
        self.rest = rest;
        Ok(*head)
    }

    /// A number of one of the three wire types that carry numbers.
    #[inline]
    pub(crate) fn bits(&mut self, wire_type: u8) -> Result<u64, Broken> {
        match wire_type {
            VARINT => self.varint(),
            FIXED64 => self.fixed().map(u64::from_le_bytes),
            FIXED32 => self.fixed().map(|raw| u64::from(u32::from_le_bytes(raw))),
            _ => Err(Broken::Group),
        }
    }

    /// The value behind a tag with one of the four wire types that carry values.
    #[inline]
    pub(crate) fn value(&mut self, wire_type: u8) -> Result<Value<'a>, Broken> {
        match wire_type {
            LEN => self.bytes().map(Value::Bytes),
            _ => self.bits(wire_type).map(Value::Bits),
        }
    }

    /// Skips the value of an unknown field; groups may nest `depth` deep.
    pub(crate) fn skip(&mut self, number: u32, wire_type: u8, depth: u16) -> Result<(), Broken> {
        if wire_type != START_GROUP {
            return self.value(wire_type).map(drop);
        }
        let depth = depth.checked_sub(1).ok_or(Broken::Depth)?;
        loop {
            match self.tag()?.ok_or(Broken::Truncated)? {
                (end, END_GROUP) if end == number => return Ok(()),
                (_, END_GROUP) => return Err(Broken::Group),
                (inner, wire_type) => self.skip(inner, wire_type, depth)?,
            }
        }
    }
}

/// The lower seven bits of eight bytes, put together two, four and eight at a time.
fn joined(bytes: u64) -> u64 {
    let sevens = bytes & 0x7f7f_7f7f_7f7f_7f7f;
    let pairs = (sevens & 0x007f_007f_007f_007f) | (sevens & 0x7f00_7f00_7f00_7f00) >> 1;
    let fours = (pairs & 0x0000_3fff_0000_3fff) | (pairs & 0x3fff_0000_3fff_0000) >> 2;
    (fours & 0x0fff_ffff) | (fours & 0x0fff_ffff_0000_0000) >> 4
}

/// How many bytes a varint takes.
pub(crate) fn varint_len(value: u64) -> usize {
    ((64 - (value | 1).leading_zeros() as usize) * 9 + 64) / 64
}

/// Appends a varint; one byte has a shortcut, since most tags and lengths are no longer.
#[inline]
pub(crate) fn put_varint(out: &mut BytesMut, value: u64) {
    match value {
        0..0x80 => out.put_u8(value as u8),
        _ => put_long_varint(out, value),
    }
}

#[inline(never)]
fn put_long_varint(out: &mut BytesMut, mut value: u64) {
    let (mut bytes, count) = ([0; 10], varint_len(value));
    for byte in &mut bytes[..count] {
        *byte = value as u8 | 0x80;
        value >>= 7;
    }
    bytes[count - 1] &= 0x7f;
    out.put_slice(&bytes[..count]);
}

/// Appends a tag.
#[inline]
pub(crate) fn put_tag(out: &mut BytesMut, number: u32, wire_type: u8) {
    put_varint(out, u64::from(number << 3 | u32::from(wire_type)));
}

/// Appends a length-delimited field.
pub(crate) fn put_bytes(out: &mut BytesMut, number: u32, content: &[u8]) {
    put_tag(out, number, LEN);
    put_varint(out, content.len() as u64);
    out.put_slice(content);
}

/// A length that is written once its content is known.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Length {
    at: usize,
    width: usize,
}

/// Reserves `width` bytes for a length.
#[inline]
pub(crate) fn begin(out: &mut BytesMut, width: usize) -> Length {
    let at = out.len();
    match width {
        1 => out.put_u8(0),
        _ => out.put_slice(&[0; 10][..width]),
    }
    Length { at, width }
}

/// Writes the length of everything since `begin`, moving the content when the reserved width
/// was wrong. Returns the width it took, a good guess for the next element of a list.
#[inline]
pub(crate) fn end(out: &mut BytesMut, length: Length) -> usize {
    let value = out.len() - length.at - length.width;
    // Most contents are short, and were expected to be.
    if length.width == 1 && value < 0x80 {
        out[length.at] = value as u8;
        return 1;
    }
    end_long(out, length)
}

#[inline(never)]
fn end_long(out: &mut BytesMut, length: Length) -> usize {
    let from = length.at + length.width;
    let mut value = (out.len() - from) as u64;
    let width = varint_len(value);
    if width != length.width {
        let moved = out.len() - from;
        if width > length.width {
            out.put_slice(&[0; 10][..width - length.width]);
        }
        out.copy_within(from..from + moved, length.at + width);
        out.truncate(length.at + width + moved);
    }
    for byte in &mut out[length.at..length.at + width] {
        *byte = value as u8 | 0x80;
        value >>= 7;
    }
    out[length.at + width - 1] &= 0x7f;
    width
}
