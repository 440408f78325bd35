//! Where printing writes: a buffer that is longer than what stands in it, so that a short piece is one copy of a
//! fixed length, which costs no call and no look at its own length.

use bytes::BytesMut;

/// The longest piece that [`Sink::put_padded`] takes, and how much every copy of it moves.
pub(crate) const PADDED: usize = 32;
/// The least that the buffer grows by.
const LEAST: usize = 256;

/// The end of a buffer. Dropping it leaves what was put, and nothing behind it.
#[derive(Debug)]
pub(crate) struct Sink<'o> {
    out: &'o mut BytesMut,
    at: usize,
}

impl<'o> Sink<'o> {
    /// Appends to `out`, with room for so many bytes at first.
    pub(crate) fn over(out: &'o mut BytesMut, room: usize) -> Self {
        let at = out.len();
        out.resize(at + room, 0);
        Self { out, at }
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

    /// The next `length` bytes of the room have been written.
    #[inline]
    pub(crate) fn advance(&mut self, length: usize) {
        self.at += length;
    }

    #[cold]
    #[inline(never)]
    fn grow(&mut self, size: usize) {
        let length = self.out.len();
        self.out.resize(length + size.max(length).max(LEAST), 0);
    }

    #[inline]
    pub(crate) fn put_u8(&mut self, byte: u8) {
        self.room(1)[0] = byte;
        self.at += 1;
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
}

impl Drop for Sink<'_> {
    fn drop(&mut self) {
        self.out.truncate(self.at);
    }
}

impl std::fmt::Write for Sink<'_> {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        self.put_slice(text.as_bytes());
        Ok(())
    }
}
