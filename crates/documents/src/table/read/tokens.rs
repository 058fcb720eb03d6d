//! How long the pieces of an XML part are.
//!
//! A reader of XML holds one piece at a time in memory: a tag, or the text up to the next tag. The
//! parts of a workbook have short pieces, the longest being the text of a full cell. A part that is
//! one piece of a gigabyte would be held whole, several times over.

use std::io::{self, Write};

/// The longest piece that is let through. A full cell, all of it written as character references,
/// has less than half a megabyte; other parts may hold a picture as text.
const MAX_PIECE: usize = 16 << 20;

/// Takes the bytes of an XML part and keeps nothing but where it stands. Writing fails on a piece
/// that is too long ([`io::ErrorKind::FileTooLarge`]) and on what no spreadsheet has: a type of
/// document of its own, a tag within a tag, a NUL.
#[derive(Default)]
pub(super) struct Pieces {
    at: At,
    length: usize,
    /// The last two bytes, for the ends that are more than one byte long.
    before: [u8; 2],
}

#[derive(Default, Clone, Copy, PartialEq, Eq)]
enum At {
    #[default]
    Text,
    /// Just behind a `<`.
    Open,
    Tag,
    /// Within quotation marks in a tag.
    Quoted(u8),
    /// Just behind `<!`.
    Bang,
    /// Until the given two bytes and a `>`, not before so many bytes have passed.
    Until([u8; 2], u8),
    /// Within `<?`.
    Hint,
}

impl Pieces {
    fn step(&mut self, byte: u8) -> io::Result<()> {
        self.length += 1;
        if self.length > MAX_PIECE {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        if byte == 0 {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        self.at = match (self.at, byte) {
            (At::Text, b'<') => At::Open,
            (At::Text, _) => return Ok(()),
            (At::Open, b'!') => At::Bang,
            (At::Open, b'?') => At::Hint,
            (At::Bang, b'-') => At::Until(*b"--", 3),
            (At::Bang, b'[') => At::Until(*b"]]", 2),
            // A type of document of its own, or a tag within a tag.
            (At::Bang, _) | (At::Tag | At::Open | At::Quoted(_), b'<') => {
                return Err(io::ErrorKind::InvalidInput.into());
            }
            (At::Tag | At::Open, b'"' | b'\'') => At::Quoted(byte),
            (At::Quoted(mark), byte) if mark == byte => At::Tag,
            (At::Tag | At::Open, b'>') => At::Text,
            (At::Until(end, 0), b'>') if self.before == end => At::Text,
            (At::Until(end, left), _) => At::Until(end, left.saturating_sub(1)),
            (At::Hint, b'>') if self.before[1] == b'?' => At::Text,
            (At::Open, _) => At::Tag,
            (same, _) => same,
        };
        self.before = [self.before[1], byte];
        if self.at == At::Text || self.at == At::Open {
            self.length = 0;
        }
        Ok(())
    }
}

impl Write for Pieces {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        for byte in bytes {
            self.step(*byte)?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::{At, MAX_PIECE, Pieces};

    fn ends(text: &str) -> Option<Pieces> {
        let mut pieces = Pieces::default();
        pieces.write_all(text.as_bytes()).ok().map(|()| pieces)
    }

    #[test]
    fn every_piece_of_a_sheet_ends() {
        for text in [
            "<?xml version=\"1.0\"?>\n<a b='>' c=\">\"/>",
            "<a><!-- > -- <b> --></a>",
            "<a><![CDATA[ <b> ]] > ]]></a>",
            "<a>1 > 2 &lt; 3</a>",
            "<!---->",
        ] {
            assert!(ends(text).is_some_and(|p| p.at == At::Text && p.length < 20), "{text}");
        }
        for text in ["<!-->", "<!--->", "<![CDATA[", "<a b='>", "<?xml >"] {
            assert!(ends(text).is_some_and(|p| p.at != At::Text), "{text}");
        }
    }

    #[test]
    fn a_piece_without_end_is_refused_however_it_is_hidden() {
        let long = |unit: &str| unit.repeat(MAX_PIECE / unit.len() + 2);
        for text in [
            long("x"),
            format!("<a b='{}", long(">")),
            format!("<!--{}", long("<a>")),
            format!("<![CDATA[{}", long("<a>")),
        ] {
            assert!(ends(&text).is_none());
        }
        for text in ["<a b='<", "<a <b>", "<!DOCTYPE a [<!ENTITY", "a\0b"] {
            assert!(ends(text).is_none(), "{text}");
        }
        assert!(ends(&long("<a>x</a>")).is_some());
    }
}
