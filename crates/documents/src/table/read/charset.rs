//! Which characters the bytes of a text mean, and reading them as UTF-8.
//!
//! Excel and WPS save CSV as GBK on a Chinese Windows, other programs as UTF-8 with or without its
//! mark. GB18030 contains GBK and GB2312, so these two are all there is to tell apart, together
//! with the UTF-16 of Excel's "Unicode text", which always has its mark.

use std::fmt;
use std::io::{self, Read};

use encoding_rs::{Decoder, DecoderResult, Encoding, GB18030, UTF_8};

const BLOCK: usize = 64 << 10;

/// Why a text ends before its end. It travels inside an I/O error through the reader of rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stop {
    BadCharacters,
    NotText,
    RowTooLong,
}

impl fmt::Display for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self:?}")
    }
}

impl std::error::Error for Stop {}

/// Finds the encoding by reading the whole text once: a list may be plain ASCII for a thousand
/// lines before its first Chinese character, so a sample would not do.
pub(super) fn detect<R: Read>(mut reader: R) -> io::Result<&'static Encoding> {
    let mut block = vec![0; BLOCK];
    let mut kept = 0;
    let mut count = Count::default();
    let mut first = true;
    loop {
        let n = reader.read(&mut block[kept..])?;
        if n == 0 {
            count.add(&block[..kept]);
            return Ok(count.encoding());
        }
        let filled = kept + n;
        if first && filled < 3 {
            kept = filled;
            continue;
        }
        if std::mem::take(&mut first)
            && let Some((marked, _)) = Encoding::for_bom(&block[..filled])
        {
            return Ok(marked);
        }
        // A character may be cut by the end of the block; its start is kept for the next one.
        let whole = filled - cut_character(&block[..filled]);
        count.add(&block[..whole]);
        block.copy_within(whole..filled, 0);
        kept = filled - whole;
    }
}

/// How many bytes at the end begin a UTF-8 character that is not complete.
fn cut_character(bytes: &[u8]) -> usize {
    let tail = &bytes[bytes.len().saturating_sub(3)..];
    for back in 1..=tail.len() {
        let length = match tail[tail.len() - back] {
            0x80..=0xbf => continue,
            0xc2..=0xdf => 2,
            0xe0..=0xef => 3,
            0xf0..=0xf4 => 4,
            _ => 0,
        };
        return if length > back { back } else { 0 };
    }
    0
}

#[derive(Default)]
struct Count {
    /// Places that are not UTF-8.
    bad: u64,
    /// Characters of three and four bytes, among them all Chinese ones.
    long: u64,
    /// Characters of two bytes that could as well be Chinese ones in GB2312.
    either: u64,
    /// Characters of two bytes that could not.
    short: u64,
}

impl Count {
    fn add(&mut self, bytes: &[u8]) {
        if bytes.is_ascii() {
            return;
        }
        for chunk in bytes.utf8_chunks() {
            self.bad += u64::from(!chunk.invalid().is_empty());
            for c in chunk.valid().chars().filter(|c| !c.is_ascii()) {
                if c >= '\u{800}' {
                    self.long += 1;
                } else if c as u32 & 0x3f >= 0x21 && !matches!(c, '·' | '°' | '±' | '×' | '÷')
                {
                    self.either += 1;
                } else {
                    self.short += 1;
                }
            }
        }
    }

    fn encoding(&self) -> &'static Encoding {
        // In GBK text, three bytes that happen to be a UTF-8 character are rare beside all the
        // places that are not. Where they are the rule, the text is UTF-8 with a few broken
        // places, and reading it as GBK would turn every name into other characters.
        if self.bad > self.long {
            return GB18030;
        }
        // "一" in GBK is also a Cyrillic letter in UTF-8. A Chinese text in UTF-8 has characters
        // of three bytes; one that has none, but could be GB2312 throughout, is that.
        if self.bad == 0 && self.long == 0 && self.either > 0 && self.short == 0 {
            return GB18030;
        }
        UTF_8
    }
}

/// A text read as UTF-8 without its mark, each line ending as a single line feed.
pub(super) struct Text<R> {
    inner: R,
    decoder: Decoder,
    raw: Vec<u8>,
    /// The part of `raw` that is not decoded yet.
    from: usize,
    until: usize,
    plain: Vec<u8>,
    at: usize,
    after_return: bool,
    ended: bool,
    stop: Option<Stop>,
}

impl<R: Read> Text<R> {
    pub(super) fn new(inner: R, encoding: &'static Encoding) -> Self {
        Self {
            inner,
            decoder: encoding.new_decoder_with_bom_removal(),
            raw: vec![0; BLOCK],
            from: 0,
            until: 0,
            plain: Vec::new(),
            at: 0,
            after_return: false,
            ended: false,
            stop: None,
        }
    }

    /// Decodes some more. What is right before a fault is handed out first, so that the fault is
    /// met in its own line.
    fn fill(&mut self) -> io::Result<()> {
        if let Some(stop) = self.stop {
            return Err(io::Error::other(stop));
        }
        if self.from == self.until {
            self.from = 0;
            self.until = self.inner.read(&mut self.raw)?;
            self.ended = self.until == 0;
        }
        self.at = 0;
        self.plain.resize(BLOCK * 3 + 16, 0);
        let source = &self.raw[self.from..self.until];
        let (result, read, written) =
            self.decoder.decode_to_utf8_without_replacement(source, &mut self.plain, self.ended);
        self.from += read;
        self.plain.truncate(written);
        if matches!(result, DecoderResult::Malformed(..)) {
            self.stop = Some(Stop::BadCharacters);
        }
        if let Some(nul) = self.plain.iter().position(|b| *b == 0) {
            self.plain.truncate(nul);
            self.stop = Some(Stop::NotText);
        }
        self.one_line_end();
        Ok(())
    }

    /// Windows ends a line with two characters, old Macs with another one. With one for all, a
    /// number of a line is the same whoever counts.
    fn one_line_end(&mut self) {
        if !self.after_return && !self.plain.contains(&b'\r') {
            return;
        }
        let mut after_return = self.after_return;
        let mut to = 0;
        for from in 0..self.plain.len() {
            let byte = self.plain[from];
            let second_half = after_return && byte == b'\n';
            after_return = byte == b'\r';
            if !second_half {
                self.plain[to] = if byte == b'\r' { b'\n' } else { byte };
                to += 1;
            }
        }
        self.plain.truncate(to);
        self.after_return = after_return;
    }
}

impl<R: Read> Read for Text<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        while self.at == self.plain.len() {
            if self.ended && self.stop.is_none() {
                return Ok(0);
            }
            self.fill()?;
        }
        let n = out.len().min(self.plain.len() - self.at);
        out[..n].copy_from_slice(&self.plain[self.at..self.at + n]);
        self.at += n;
        Ok(n)
    }
}
