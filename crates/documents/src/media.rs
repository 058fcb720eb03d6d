//! What a file is, by its own bytes. Only sorts that offices hand in are known; everything else,
//! whatever its name says, is refused.

use std::io::Cursor;

use zip::ZipArchive;

/// The most points of a picture: a phone's photograph has a quarter of it.
const MAX_POINTS: u64 = 50_000_000;
/// The most entries of an office file, the most bytes when it is unpacked, and how many times its
/// size that may be.
const MAX_ENTRIES: usize = 1_000;
const MAX_UNPACKED: u64 = 200 << 20;
const MAX_RATIO: u64 = 100;

/// A sort of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Media {
    /// A picture.
    Png,
    /// A picture.
    Jpeg,
    /// Pages.
    Pdf,
    /// A text document without macros.
    Docx,
    /// A workbook without macros.
    Xlsx,
    /// Sound.
    Mp3,
    /// Sound or moving pictures.
    Mp4,
}

/// Why a file is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MediaFault {
    /// It holds nothing.
    Empty,
    /// It is of no sort that is taken.
    Unknown,
    /// It says that it is something and is broken, or unpacks to too much.
    Broken,
    /// A picture of too many points.
    TooManyPoints,
}

impl MediaFault {
    /// The key of its words under `problem.upload`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::Unknown => "unknown-sort",
            Self::Broken => "broken",
            Self::TooManyPoints => "too-many-points",
        }
    }
}

impl Media {
    /// Its name on the wire.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Pdf => "application/pdf",
            Self::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Mp3 => "audio/mpeg",
            Self::Mp4 => "video/mp4",
        }
    }

    /// How the names of such files end; the first is given to one without an ending.
    fn endings(self) -> &'static [&'static str] {
        match self {
            Self::Png => &["png"],
            Self::Jpeg => &["jpg", "jpeg"],
            Self::Pdf => &["pdf"],
            Self::Docx => &["docx"],
            Self::Xlsx => &["xlsx"],
            Self::Mp3 => &["mp3"],
            Self::Mp4 => &["mp4", "m4a"],
        }
    }

    /// The usual ending.
    #[must_use]
    pub fn ending(self) -> &'static str {
        self.endings()[0]
    }

    /// Whether a name ends as such files do.
    #[must_use]
    pub fn fits(self, name: &str) -> bool {
        let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
        ending.is_some_and(|ending| self.endings().contains(&ending.as_str()))
    }

    /// Whether it is a picture.
    #[must_use]
    pub fn is_picture(self) -> bool {
        matches!(self, Self::Png | Self::Jpeg)
    }
}

/// What the bytes are.
///
/// # Errors
/// Why they are not taken.
pub fn read(bytes: &[u8]) -> Result<Media, MediaFault> {
    if bytes.is_empty() {
        return Err(MediaFault::Empty);
    }
    if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        return points(png(bytes), Media::Png);
    }
    if bytes.starts_with(&[0xff, 0xd8, 0xff]) {
        return points(jpeg(bytes), Media::Jpeg);
    }
    if bytes.starts_with(b"%PDF-") {
        let pdf = hayro_syntax::Pdf::new(std::sync::Arc::new(bytes.to_vec()));
        let pages = pdf.map_or(0, |pdf| pdf.pages().len());
        return if pages > 0 { Ok(Media::Pdf) } else { Err(MediaFault::Broken) };
    }
    if bytes.starts_with(b"PK\x03\x04") {
        return office(bytes);
    }
    if bytes.get(4..8) == Some(b"ftyp") {
        return Ok(Media::Mp4);
    }
    let framed = bytes[0] == 0xff && bytes.get(1).is_some_and(|b| b & 0xe6 == 0xe2);
    if bytes.starts_with(b"ID3") || framed {
        return Ok(Media::Mp3);
    }
    Err(MediaFault::Unknown)
}

fn points(size: Option<(u32, u32)>, media: Media) -> Result<Media, MediaFault> {
    match size {
        None | Some((0, _) | (_, 0)) => Err(MediaFault::Broken),
        Some((w, h)) if u64::from(w) * u64::from(h) > MAX_POINTS => Err(MediaFault::TooManyPoints),
        Some(_) => Ok(media),
    }
}

fn png(bytes: &[u8]) -> Option<(u32, u32)> {
    let header = bytes.get(12..24).filter(|h| h.starts_with(b"IHDR"))?;
    let side = |at: usize| header.get(at..at + 4)?.try_into().ok().map(u32::from_be_bytes);
    Some((side(4)?, side(8)?))
}

/// The size in the frame's header, segment by segment.
fn jpeg(bytes: &[u8]) -> Option<(u32, u32)> {
    let two = |at: usize| Some(u16::from_be_bytes(bytes.get(at..at + 2)?.try_into().ok()?));
    let mut at = 2;
    loop {
        let marker = two(at)?;
        match marker {
            0xffff => at += 1,
            0xffc0..=0xffc3 | 0xffc5..=0xffc7 | 0xffc9..=0xffcb | 0xffcd..=0xffcf => {
                return Some((u32::from(two(at + 7)?), u32::from(two(at + 5)?)));
            }
            0xff01..=0xfffe => at += 2 + usize::from(two(at + 2)?),
            _ => return None,
        }
    }
}

/// A packed office file: its parts say what it is, and it may hold no macros.
fn office(bytes: &[u8]) -> Result<Media, MediaFault> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| MediaFault::Broken)?;
    if archive.len() > MAX_ENTRIES {
        return Err(MediaFault::Broken);
    }
    let (mut unpacked, mut found, mut typed) = (0_u64, None, false);
    for at in 0..archive.len() {
        let entry = archive.by_index_raw(at).map_err(|_| MediaFault::Broken)?;
        unpacked = unpacked.saturating_add(entry.size());
        let name = entry.name().map_err(|_| MediaFault::Broken)?;
        match &*name {
            "[Content_Types].xml" => typed = true,
            "word/document.xml" => found = Some(Media::Docx),
            "xl/workbook.xml" => found = Some(Media::Xlsx),
            name if name.ends_with("vbaProject.bin") => return Err(MediaFault::Unknown),
            _ => {}
        }
    }
    if unpacked > MAX_UNPACKED || unpacked > MAX_RATIO * bytes.len() as u64 {
        return Err(MediaFault::Broken);
    }
    found.filter(|_| typed).ok_or(MediaFault::Unknown)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(width: u32, height: u32) -> Vec<u8> {
        let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
        bytes.extend(width.to_be_bytes());
        bytes.extend(height.to_be_bytes());
        bytes
    }

    #[test]
    fn files_are_what_their_bytes_say() {
        assert_eq!(read(&picture(10, 10)), Ok(Media::Png));
        assert_eq!(read(&picture(60_000, 60_000)), Err(MediaFault::TooManyPoints));
        assert_eq!(read(&picture(0, 10)), Err(MediaFault::Broken));
        let frame = [0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 2, 0xff, 0xc0, 0, 11, 8, 0, 9, 0, 7];
        assert_eq!((read(&frame), jpeg(&frame)), (Ok(Media::Jpeg), Some((7, 9))));
        assert_eq!(read(&frame[..9]), Err(MediaFault::Broken));
        for bad in [
            "<svg xmlns='http://www.w3.org/2000/svg'/>",
            "<!doctype html>",
            "MZ\u{90}",
            "GIF89a",
            "\0",
        ] {
            assert_eq!(read(bad.as_bytes()), Err(MediaFault::Unknown), "{bad:?}");
        }
        assert_eq!(read(b""), Err(MediaFault::Empty));
        assert_eq!(read(b"%PDF-1.7 and nothing more"), Err(MediaFault::Broken));
        assert_eq!(read(b"PK\x03\x04 and nothing more"), Err(MediaFault::Broken));
        assert!(
            Media::Jpeg.fits("张三.JPEG") && !Media::Png.fits("a.pdf") && !Media::Png.fits("png")
        );
    }

    #[test]
    fn a_workbook_is_known_by_its_parts() {
        let mut workbook = Vec::new();
        let header = [crate::table::Column::text("姓名")];
        crate::table::write_xlsx(&mut workbook, "名单", &header, &[["张三"]]).expect("written");
        assert_eq!(read(&workbook), Ok(Media::Xlsx));
        assert_eq!(read(&workbook[..workbook.len() / 2]), Err(MediaFault::Broken));
    }
}
