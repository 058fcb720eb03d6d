//! Fonts: read once from folders, only the families that papers use.
//!
//! GB/T 9704 asks for 仿宋 and 小标宋. Offices that own these fonts put them into a folder of their
//! own; everybody else gets the free Noto fonts, which every distribution packages. A machine
//! without any Chinese font is told so at once.

use std::fs;
use std::path::{Path, PathBuf};

use typst::foundations::Bytes;
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;

use super::PaperFault;

/// Text: the standard's own font where the office has it.
const BODY: &[&str] = &[
    "FangSong_GB2312",
    "FZFangSong-Z02S",
    "FangSong",
    "Noto Serif CJK SC",
    "Source Han Serif SC",
    "Noto Sans CJK SC",
];
/// Titles and the name of the issuing office (小标宋).
const TITLE: &[&str] = &[
    "FZXiaoBiaoSong-B05S",
    "FZXiaoBiaoSong-B05",
    "Noto Serif CJK SC",
    "Source Han Serif SC",
    "Noto Sans CJK SC",
];
/// Labels and small print (黑体).
const PLAIN: &[&str] =
    &["SimHei", "Noto Sans CJK SC", "Source Han Sans SC", "Noto Serif CJK SC", "FangSong"];

/// How many font files are looked at, how large each may be, and how deep folders go.
const MAX_FILES: usize = 2_000;
const MAX_FILE_BYTES: u64 = 128 << 20;
const MAX_DEPTH: usize = 6;
/// Of the machine's own fonts only files with such names are opened: reading every font of a
/// desktop would take seconds. In a folder that is given every file is.
const NAMES: &[&str] = &["notoserifcjk", "notosanscjk", "sourcehan", "fangsong", "simhei", "fz"];

/// The fonts of a press.
#[derive(Debug, Clone)]
pub struct Fonts {
    pub(super) book: LazyHash<FontBook>,
    pub(super) fonts: Vec<Font>,
    pub(super) body: Vec<&'static str>,
    pub(super) title: Vec<&'static str>,
    pub(super) plain: Vec<&'static str>,
}

impl Fonts {
    /// Reads the fonts of a folder, if one is given, then those of the machine.
    ///
    /// # Errors
    /// [`PaperFault::NoFont`] where none of them can write Chinese.
    pub fn find(given: Option<&Path>) -> Result<Self, PaperFault> {
        let mut machine = vec![PathBuf::from("/usr/share/fonts"), "/usr/local/share/fonts".into()];
        if let Some(home) = std::env::var_os("HOME") {
            machine.push(Path::new(&home).join(".fonts"));
            machine.push(Path::new(&home).join(".local/share/fonts"));
        }
        Self::from_folders(given, &machine)
    }

    /// Reads fonts from these folders and nowhere else.
    ///
    /// # Errors
    /// [`PaperFault::NoFont`] where none of them can write Chinese.
    pub fn from_folders(given: Option<&Path>, machine: &[PathBuf]) -> Result<Self, PaperFault> {
        let mut files = Vec::new();
        if let Some(given) = given {
            walk(given, 0, &|_| true, &mut files);
        }
        let known = |name: &str| NAMES.iter().any(|n| name.starts_with(n));
        for folder in machine {
            walk(folder, 0, &known, &mut files);
        }
        let mut fonts: Vec<Font> = Vec::new();
        for file in files {
            let Ok(data) = fs::read(&file) else { continue };
            for font in Font::iter(Bytes::new(data)).filter(wanted) {
                let twice = fonts.iter().any(|known| {
                    (&known.info().family, known.info().variant)
                        == (&font.info().family, font.info().variant)
                });
                if !twice {
                    fonts.push(font);
                }
            }
        }
        let families = |wanted: &[&'static str]| -> Vec<&'static str> {
            let there = |family: &str| fonts.iter().any(|f| f.info().family == family);
            wanted.iter().copied().filter(|family| there(family)).collect()
        };
        let (body, title, plain) = (families(BODY), families(TITLE), families(PLAIN));
        if body.is_empty() || title.is_empty() || plain.is_empty() {
            let folders = given.into_iter().chain(machine.iter().map(PathBuf::as_path));
            let looked_in: Vec<_> = folders.map(|p| p.display().to_string()).collect();
            return Err(PaperFault::NoFont { looked_in: looked_in.join(", ") });
        }
        let book = LazyHash::new(FontBook::from_fonts(&fonts));
        Ok(Self { book, fonts, body, title, plain })
    }

    /// The family that text is set in, for diagnostics.
    #[must_use]
    pub fn body_family(&self) -> &str {
        self.body.first().copied().unwrap_or_default()
    }
}

fn wanted(font: &Font) -> bool {
    let family = font.info().family.as_str();
    [BODY, TITLE, PLAIN].iter().any(|list| list.contains(&family))
}

/// Font files below a folder, in the order of their names so that every start finds the same.
fn walk(at: &Path, depth: usize, take: &dyn Fn(&str) -> bool, into: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(at) else { return };
    let mut entries: Vec<PathBuf> = entries.flatten().map(|e| e.path()).collect();
    entries.sort();
    for path in entries {
        if into.len() >= MAX_FILES {
            return;
        }
        let Ok(meta) = fs::metadata(&path) else { continue };
        if meta.is_dir() {
            if depth < MAX_DEPTH {
                walk(&path, depth + 1, take, into);
            }
            continue;
        }
        let plain = |part: Option<&std::ffi::OsStr>| {
            part.map(|p| p.to_string_lossy().to_lowercase()).unwrap_or_default()
        };
        let kind = plain(path.extension());
        let font = matches!(kind.as_str(), "ttf" | "otf" | "ttc" | "otc");
        if font && meta.len() <= MAX_FILE_BYTES && take(&plain(path.file_stem())) {
            into.push(path);
        }
    }
}
