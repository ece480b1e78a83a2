//! Compression of texts before they are encrypted.

use std::cell::RefCell;

use miniz_oxide::DataFormat;
use miniz_oxide::deflate::CompressionLevel;
use miniz_oxide::deflate::core::{CompressorOxide, TDEFLFlush, compress_to_output};
use miniz_oxide::inflate::TINFLStatus;
use miniz_oxide::inflate::core::inflate_flags::{
    TINFL_FLAG_PARSE_ZLIB_HEADER, TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF,
};
use miniz_oxide::inflate::core::{DecompressorOxide, decompress as inflate};

use super::CipherError;

/// The zlib format, with all output in one buffer.
const FLAGS: u32 = TINFL_FLAG_PARSE_ZLIB_HEADER | TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF;

/// The shortest output buffer that a stream is decompressed into.
const SHORTEST: usize = 64;

thread_local! {
    // Each holds large tables. Resetting them is cheaper than allocating new ones.
    static COMPRESSOR: RefCell<Box<CompressorOxide>> = RefCell::new(Box::new(
        CompressorOxide::with_format_and_level(DataFormat::Zlib, CompressionLevel::DefaultLevel),
    ));
    static DECOMPRESSOR: RefCell<Box<DecompressorOxide>> = RefCell::default();
}

/// Appends the zlib stream of the bytes (RFC 1950, level 6).
pub(super) fn compress(bytes: &[u8], out: &mut Vec<u8>) {
    COMPRESSOR.with_borrow_mut(|compressor| {
        compressor.reset();
        // Cannot fail: the input is whole, and the closure takes all output.
        compress_to_output(compressor, bytes, TDEFLFlush::Finish, |part| {
            out.extend_from_slice(part);
            true
        });
    });
}

/// Decompresses a zlib stream of at most `limit` bytes. Bytes after the stream are ignored, as in
/// Python.
pub(super) fn decompress(stream: &[u8], limit: usize) -> Result<Vec<u8>, CipherError> {
    DECOMPRESSOR.with_borrow_mut(|decompressor| {
        decompressor.init();
        let mut out = vec![0; stream.len().saturating_mul(4).max(SHORTEST).min(limit)];
        let (mut read, mut written) = (0, 0);
        loop {
            let rest = stream.get(read..).unwrap_or_default();
            let (status, consumed, produced) =
                inflate(decompressor, rest, &mut out, written, FLAGS);
            read += consumed;
            written += produced;
            match status {
                TINFLStatus::Done => {
                    out.truncate(written);
                    return Ok(out);
                }
                TINFLStatus::HasMoreOutput if out.len() >= limit => {
                    return Err(content("it is too long"));
                }
                TINFLStatus::HasMoreOutput => {
                    let longer = out.len().saturating_mul(2).min(limit);
                    out.resize(longer, 0);
                }
                _ => return Err(content("it is not a whole zlib stream")),
            }
        }
    })
}

fn content(problem: &'static str) -> CipherError {
    CipherError::Content { problem }
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

    #[test]
    fn a_wrong_checksum_is_an_error() {
        let mut stream = compressed(b"text");
        *stream.last_mut().expect("a checksum") ^= 1;
        let problem = "it is not a whole zlib stream";
        assert_eq!(decompress(&stream, 10), Err(content(problem)));
    }
}
