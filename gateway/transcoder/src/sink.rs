//! Where printing writes: a buffer that is longer than what stands in it, so that a short piece is one copy of a
//! fixed length, which costs no call and no look at its own length.

use std::mem;

use bytes::BytesMut;

/// The longest piece that [`Sink::put_padded`] takes, and how much every copy of it moves.
pub(crate) const PADDED: usize = 32;
/// How much is made ready for writing at a time: what is never written to would be zeroed for nothing.
const READY: usize = 1_024;

/// The end of a buffer. Dropping it leaves what was put, and nothing behind it.
#[derive(Debug)]
pub(crate) struct Sink<'o> {
    /// Where the buffer came from, and goes back to: it is one look nearer while it is written to.
    home: &'o mut BytesMut,
    out: BytesMut,
    at: usize,
}

impl<'o> Sink<'o> {
    /// Appends to `out`, which is expected to become longer by `room`.
    pub(crate) fn over(out: &'o mut BytesMut, room: usize) -> Self {
        let at = out.len();
        out.reserve(room);
        out.resize(at + room.min(READY), 0);
        Self { out: mem::take(out), home: out, at }
    }

    /// How long the buffer is, with what stood in it before.
    #[inline]
    pub(crate) fn len(&self) -> usize {
        self.at
    }

    /// All that stands in the buffer.
    pub(crate) fn written(&self) -> &[u8] {
        &self.out[..self.at]
    }

    /// Takes back what was put behind `length`.
    pub(crate) fn truncate(&mut self, length: usize) {
        self.at = self.at.min(length);
    }

    /// At least `size` bytes to write into; [`Sink::advance`] says how many of them count.
    #[inline(always)]
    pub(crate) fn room(&mut self, size: usize) -> &mut [u8] {
        if self.out.len() - self.at < size {
            self.grow(size);
        }
        &mut self.out[self.at..]
    }

    /// The same where so much is there without growing.
    #[inline(always)]
    pub(crate) fn room_at_hand(&mut self, size: usize) -> Option<&mut [u8]> {
        self.out.get_mut(self.at..).filter(|room| room.len() >= size)
    }

    /// The next `length` bytes of the room have been written.
    #[inline]
    pub(crate) fn advance(&mut self, length: usize) {
        self.at += length;
    }

    /// Makes room for so much.
    #[cold]
    #[inline(never)]
    pub(crate) fn grow(&mut self, size: usize) {
        let length = self.out.len();
        let wanted = length + size.max(READY);
        if wanted > self.out.capacity() {
            self.out.reserve(size.max(length).max(READY));
        }
        self.out.resize(wanted, 0);
    }

    #[inline]
    pub(crate) fn put_u8(&mut self, byte: u8) {
        self.room(1)[0] = byte;
        self.at += 1;
    }

    /// Puts a byte in the place of another one that stands in the buffer.
    #[inline]
    pub(crate) fn replace(&mut self, at: usize, byte: u8) {
        self.out[at] = byte;
    }

    #[inline]
    pub(crate) fn put_slice(&mut self, bytes: &[u8]) {
        self.room(bytes.len())[..bytes.len()].copy_from_slice(bytes);
        self.at += bytes.len();
    }

    /// Puts the first `length` bytes of an array.
    #[inline(always)]
    pub(crate) fn put_padded(&mut self, bytes: &[u8; PADDED], length: usize) {
        if let Some(place) = self.room(PADDED).first_chunk_mut() {
            *place = *bytes;
        }
        self.at += length;
    }

    /// Puts the first `length` bytes of a longer text; short ones by one copy where the text is long enough.
    #[inline]
    pub(crate) fn put_start(&mut self, (text, length): (&[u8], usize)) {
        match text.first_chunk() {
            Some(padded) if length <= PADDED => self.put_padded(padded, length),
            _ => self.put_slice(&text[..length]),
        }
    }

    /// Puts a piece of text that was made for being put.
    #[inline(always)]
    pub(crate) fn put_piece(&mut self, piece: &Piece) {
        match piece.padded() {
            Some((padded, length)) => self.put_padded(padded, length),
            None => self.put_slice(piece.text()),
        }
    }
}

impl Drop for Sink<'_> {
    fn drop(&mut self) {
        self.out.truncate(self.at);
        mem::swap(self.home, &mut self.out);
    }
}

impl std::fmt::Write for Sink<'_> {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        self.put_slice(text.as_bytes());
        Ok(())
    }
}

/// A piece of text that is put again and again. Most are short, and are copied with one fixed length.
#[derive(Debug)]
pub(crate) struct Piece {
    text: Box<[u8]>,
    /// The same with what fills it up, unless it is longer.
    padded: Option<[u8; PADDED]>,
}

impl Piece {
    pub(crate) fn new(text: &[u8]) -> Self {
        let mut padded = [0; PADDED];
        let short = padded.get_mut(..text.len()).map(|place| place.copy_from_slice(text));
        Self { padded: short.map(|()| padded), text: text.into() }
    }

    pub(crate) fn text(&self) -> &[u8] {
        &self.text
    }

    /// The text filled up, and how much of it counts.
    #[inline(always)]
    pub(crate) fn padded(&self) -> Option<(&[u8; PADDED], usize)> {
        Some((self.padded.as_ref()?, self.text.len()))
    }
}
