//! Compression of texts before they are encrypted.

use std::cell::RefCell;

use flate2::{Compress, Compression, Decompress, FlushCompress, FlushDecompress, Status};

use super::CipherError;

/// The space for the header, the checksum and blocks that do not compress.
const OVERHEAD: usize = 64;

thread_local! {
    // Each holds tables of hundreds of kilobytes. Resetting them is cheaper than allocating new ones.
    static COMPRESS: RefCell<Compress> = RefCell::new(Compress::new(Compression::new(6), true));
    static DECOMPRESS: RefCell<Decompress> = RefCell::new(Decompress::new(true));
}

/// Appends the zlib stream of the bytes (RFC 1950, level 6).
pub(super) fn compress(bytes: &[u8], out: &mut Vec<u8>) {
    COMPRESS.with_borrow_mut(|compress| {
        compress.reset();
        let mut rest = bytes;
        loop {
            out.reserve(rest.len() / 2 + OVERHEAD);
            let before = compress.total_in();
            // Compression into a vector with spare capacity cannot fail.
            let status = compress.compress_vec(rest, out, FlushCompress::Finish);
            rest = &rest[consumed(before, compress.total_in())..];
            if !matches!(status, Ok(Status::Ok | Status::BufError)) {
                return;
            }
        }
    });
}

/// Decompresses a zlib stream of at most `limit` bytes. Bytes after the stream are ignored, as in
/// Python.
pub(super) fn decompress(stream: &[u8], limit: usize) -> Result<Vec<u8>, CipherError> {
    DECOMPRESS.with_borrow_mut(|decompress| {
        decompress.reset(true);
        let mut out = Vec::with_capacity(stream.len().saturating_mul(4).min(limit) + OVERHEAD);
        let mut rest = stream;
        loop {
            let (before, length) = (decompress.total_in(), out.len());
            let status = decompress.decompress_vec(rest, &mut out, FlushDecompress::None);
            let taken = consumed(before, decompress.total_in());
            rest = &rest[taken..];
            if out.len() > limit {
                return Err(content("it is too long"));
            }
            match status {
                Ok(Status::StreamEnd) => return Ok(out),
                Ok(_) if out.len() == out.capacity() => out.reserve(out.len()),
                Ok(_) if taken > 0 || out.len() > length => {}
                _ => return Err(content("it is not a whole zlib stream")),
            }
        }
    })
}

fn content(problem: &'static str) -> CipherError {
    CipherError::Content { problem }
}

/// Returns the number of bytes that a call consumed. Both totals are those of a slice in memory.
fn consumed(before: u64, after: u64) -> usize {
    usize::try_from(after - before).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn compressed(bytes: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        compress(bytes, &mut out);
        out
    }

    #[test]
    fn bytes_come_back_whatever_their_length_and_order() {
        let mut state = 1_u32;
        let mut noise = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            state.to_be_bytes()[0]
        };
        for length in [0, 1, 100, 70_000, 1_000_000] {
            let random: Vec<u8> = (0..length).map(|_| noise()).collect();
            assert_eq!(decompress(&compressed(&random), length), Ok(random));
            let zeros = vec![0; length];
            assert_eq!(decompress(&compressed(&zeros), length), Ok(zeros));
        }
    }

    #[test]
    fn the_header_is_that_of_level_6() {
        assert_eq!(compressed(b"text")[..2], [0x78, 0x9c]);
    }

    #[test]
    fn more_than_the_limit_is_an_error() {
        let bomb = compressed(&vec![0; 1_000_000]);
        assert_eq!(decompress(&bomb, 999_999), Err(content("it is too long")));
    }

    #[test]
    fn a_cut_stream_is_an_error_and_a_prolonged_one_is_not() {
        let stream = compressed(b"text");
        for end in 0..stream.len() {
            assert_eq!(
                decompress(&stream[..end], 10),
                Err(content("it is not a whole zlib stream"))
            );
        }
        let prolonged = [&stream[..], b"more"].concat();
        assert_eq!(
            decompress(&prolonged, 10).as_deref(),
            Ok(b"text".as_slice())
        );
    }
}
