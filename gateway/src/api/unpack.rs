//! The body of a stream that is packed: unpacked as it comes, piece by piece, and never more of it at once than a message may have.

use std::io::{self, Write};

use bytes::Bytes;
use flate2::write::MultiGzDecoder;
use zstd::stream::raw::{DParameter, Decoder, InBuffer, Operation as _, OutBuffer};

use super::body::{Packed, WINDOW, mispacked};
use crate::{app::Refusal, config::Sizes};

/// How much is unpacked at a time.
const STEP: usize = 1 << 10;
/// Room for what a step of zstd gives.
const ROOM: usize = 16 << 10;

/// A body on its way, and how much there was of it.
pub(super) struct Unpacking {
    decoder: Kind,
    received: usize,
    unpacked: usize,
    sizes: Sizes,
}

enum Kind {
    Gzip(Box<MultiGzDecoder<Held>>),
    Zstd(Box<Zstd>),
}

impl Unpacking {
    pub(super) fn of(coding: Packed, sizes: &Sizes) -> Result<Self, Refusal> {
        let decoder = match coding {
            Packed::Gzip => Kind::Gzip(Box::new(MultiGzDecoder::new(Held::default()))),
            Packed::Zstd => Kind::Zstd(Box::new(Zstd::new().map_err(|_| mispacked())?)),
        };
        Ok(Self { decoder, received: 0, unpacked: 0, sizes: *sizes })
    }

    /// The pieces of what was received, each small enough to be unpacked at once.
    pub(super) fn steps(received: &[u8]) -> impl Iterator<Item = &[u8]> {
        received.chunks(STEP)
    }

    /// What a piece unpacks to, with all that was kept of those before.
    ///
    /// # Errors
    /// It is not packed so (400), or unpacks to more than it may: in this step, or for all that has come so far (413).
    pub(super) fn step(&mut self, piece: &[u8]) -> Result<Bytes, Refusal> {
        self.received = self.received.saturating_add(piece.len());
        let allowed = self.received.saturating_mul(self.sizes.ratio);
        let most = allowed.saturating_sub(self.unpacked).min(self.sizes.body);
        let unpacked = match &mut self.decoder {
            Kind::Gzip(decoder) => gunzip(decoder, piece, most),
            Kind::Zstd(decoder) => decoder.step(piece, most),
        };
        match unpacked {
            Ok(unpacked) => {
                self.unpacked = self.unpacked.saturating_add(unpacked.len());
                Ok(unpacked.into())
            }
            Err(error) if error.kind() == io::ErrorKind::FileTooLarge => {
                Err(Refusal::too_large(self.sizes.body))
            }
            Err(_) => Err(mispacked()),
        }
    }

    /// Nothing more comes.
    ///
    /// # Errors
    /// It breaks off.
    pub(super) fn end(self) -> Result<(), Refusal> {
        let whole = match self.decoder {
            Kind::Gzip(mut decoder) => decoder.try_finish().is_ok(),
            Kind::Zstd(decoder) => decoder.is_at_an_end,
        };
        if whole { Ok(()) } else { Err(mispacked()) }
    }
}

/// What was unpacked, up to a limit.
#[derive(Default)]
struct Held {
    unpacked: Vec<u8>,
    most: usize,
}

impl Write for Held {
    fn write(&mut self, more: &[u8]) -> io::Result<usize> {
        if self.unpacked.len() + more.len() > self.most {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.unpacked.extend_from_slice(more);
        Ok(more.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn gunzip(decoder: &mut MultiGzDecoder<Held>, piece: &[u8], most: usize) -> io::Result<Vec<u8>> {
    decoder.get_mut().most = most;
    decoder.write_all(piece)?;
    decoder.flush()?;
    Ok(std::mem::take(&mut decoder.get_mut().unpacked))
}

struct Zstd {
    decoder: Decoder<'static>,
    /// A frame has ended, and no other has begun.
    is_at_an_end: bool,
    room: Vec<u8>,
}

impl Zstd {
    fn new() -> io::Result<Self> {
        let mut decoder = Decoder::new()?;
        decoder.set_parameter(DParameter::WindowLogMax(WINDOW))?;
        Ok(Self { decoder, is_at_an_end: false, room: vec![0; ROOM] })
    }

    fn step(&mut self, piece: &[u8], most: usize) -> io::Result<Vec<u8>> {
        let mut unpacked = Vec::new();
        let mut input = InBuffer::around(piece);
        loop {
            let mut output = OutBuffer::around(&mut self.room[..]);
            let left = self.decoder.run(&mut input, &mut output)?;
            let written = output.pos();
            if unpacked.len() + written > most {
                return Err(io::ErrorKind::FileTooLarge.into());
            }
            unpacked.extend_from_slice(&self.room[..written]);
            self.is_at_an_end = left == 0;
            if input.pos() == piece.len() && (self.is_at_an_end || written < ROOM) {
                return Ok(unpacked);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    const SIZES: fn() -> Sizes = || Sizes { body: 150_000, ..Sizes::default() };

    fn gzip(body: &[u8]) -> Vec<u8> {
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packed.write_all(body).unwrap();
        packed.finish().unwrap()
    }

    fn zstd(body: &[u8]) -> Vec<u8> {
        zstd::stream::encode_all(body, 3).unwrap()
    }

    /// What a body unpacks to that comes in chunks of this length, or the status of its refusal.
    fn unpacked(coding: Packed, packed: &[u8], length: usize) -> Result<Vec<u8>, u16> {
        let mut unpacking = Unpacking::of(coding, &SIZES()).unwrap();
        let mut all = Vec::new();
        for piece in packed.chunks(length).flat_map(Unpacking::steps) {
            let more = unpacking.step(piece).map_err(|refusal| refusal.status.as_u16())?;
            all.extend_from_slice(&more);
        }
        unpacking.end().map(|()| all).map_err(|refusal| refusal.status.as_u16())
    }

    /// Text that gets smaller, but not by a hundredth.
    fn text(length: usize) -> Vec<u8> {
        (0_u32..).flat_map(|number| number.to_string().into_bytes()).take(length).collect()
    }

    #[rstest]
    #[case(Packed::Gzip, gzip)]
    #[case(Packed::Zstd, zstd)]
    fn it_is_unpacked_wherever_it_is_cut(
        #[case] coding: Packed,
        #[case] pack: fn(&[u8]) -> Vec<u8>,
    ) {
        let body = text(100_000);
        // Two parts, one behind the other, are a body too.
        let packed = [pack(&body[..40_000]), pack(&body[40_000..])].concat();
        for length in [1, 7, 1_000, packed.len()] {
            assert_eq!(unpacked(coding, &packed, length).as_ref(), Ok(&body), "{length}");
        }
    }

    #[rstest]
    #[case(Packed::Gzip, gzip)]
    #[case(Packed::Zstd, zstd)]
    fn what_has_come_is_there_before_the_rest_has(
        #[case] coding: Packed,
        #[case] pack: fn(&[u8]) -> Vec<u8>,
    ) {
        let mut unpacking = Unpacking::of(coding, &SIZES()).unwrap();
        let first = unpacking.step(&pack(b"{\"a\":1}\n")).unwrap();
        assert_eq!(first, "{\"a\":1}\n");
        assert_eq!(unpacking.step(&pack(b"{}")).unwrap(), "{}");
    }

    #[rstest]
    #[case(Packed::Gzip, gzip)]
    #[case(Packed::Zstd, zstd)]
    fn what_breaks_off_or_is_something_else_is_refused(
        #[case] coding: Packed,
        #[case] pack: fn(&[u8]) -> Vec<u8>,
    ) {
        let packed = pack(&text(5_000));
        assert_eq!(unpacked(coding, b"{\"a\":1}\n{}", 3), Err(400));
        for length in [1, packed.len() / 2, packed.len() - 1] {
            assert_eq!(unpacked(coding, &packed[..length], length), Err(400), "{length}");
        }
    }

    #[rstest]
    #[case(Packed::Gzip, gzip)]
    #[case(Packed::Zstd, zstd)]
    fn a_bomb_is_caught_by_its_ratio_and_a_step_by_its_size(
        #[case] coding: Packed,
        #[case] pack: fn(&[u8]) -> Vec<u8>,
    ) {
        let ratio = SIZES().ratio;
        let fits = |length: &usize| *length <= ratio * pack(&vec![0; *length]).len();
        let first = (1..10_000).find(|length| !fits(length)).unwrap();
        assert_eq!(
            unpacked(coding, &pack(&vec![0; first - 1]), 10_000).map(|all| all.len()),
            Ok(first - 1)
        );
        assert_eq!(unpacked(coding, &pack(&vec![0; first]), 10_000), Err(413));
        // Behind much that has come honestly.
        let honest = pack(&text(90_000));
        let step = [honest.clone(), pack(&vec![0; 100_000])].concat();
        assert_eq!(unpacked(coding, &step, 1).map(|all| all.len()), Ok(190_000));
        let step = [honest, pack(&vec![0; 400_000])].concat();
        assert_eq!(unpacked(coding, &step, 1_000_000), Err(413));
    }
}
