//! What the typesetter may see: the shelf (fonts and templates) and one desk (the values of one
//! print). There is nothing else: no file system, no network, no packages, no date of today.

use std::collections::HashMap;
use std::fmt;

use serde_json::json;
use typst::diag::{FileError, FileResult};
use typst::foundations::{Bytes, Datetime, Duration};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World};

use super::Fonts;

/// The source that prints one paper. The name of a template is the only thing in it that varies,
/// and that is one of ours as well.
const PRINT: &str = "#import \"/NAME.typ\": paper\n\
    #let it = json(\"/data.json\")\n\
    #paper(it.data + (_part: 0, _qr: it.qr))\n";

/// Where the source that prints a template lies.
pub(super) fn printing(template: &str) -> String {
    format!("print/{template}.typ")
}

/// Fonts and templates, the same for every print.
pub(super) struct Shelf {
    library: LazyHash<Library>,
    fonts: Fonts,
    sources: HashMap<FileId, Source>,
    press: Bytes,
}

impl fmt::Debug for Shelf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shelf").field("sources", &self.sources.len()).finish_non_exhaustive()
    }
}

impl Shelf {
    pub(super) fn new(fonts: Fonts, texts: impl IntoIterator<Item = (String, String)>) -> Self {
        let mut sources = HashMap::new();
        let mut shelve = |path: String, text: String| {
            if let Some(id) = id(&path) {
                sources.insert(id, Source::new(id, text));
            }
        };
        for (name, text) in texts {
            if !name.starts_with('_') {
                shelve(printing(&name), PRINT.replace("NAME", &name));
            }
            shelve(format!("{name}.typ"), text);
        }
        let families = json!({ "body": fonts.body, "title": fonts.title, "plain": fonts.plain });
        let press = Bytes::from_string(families.to_string());
        Self { library: LazyHash::new(Library::default()), fonts, sources, press }
    }
}

/// The typesetter keeps every path it has ever seen, for good; so paths come from a fixed set
/// (templates, and parts by their number), never from a value.
fn id(path: &str) -> Option<FileId> {
    VirtualPath::new(path).ok().map(|path| RootedPath::new(VirtualRoot::Project, path).intern())
}

/// One print.
pub(super) struct Desk<'s> {
    shelf: &'s Shelf,
    main: Option<FileId>,
    files: HashMap<FileId, Bytes>,
}

impl<'s> Desk<'s> {
    pub(super) fn new(shelf: &'s Shelf, main: String) -> Self {
        let mut desk = Self { shelf, main: id(&main), files: HashMap::new() };
        if let Some(id) = id("press.json") {
            desk.files.insert(id, shelf.press.clone());
        }
        desk
    }

    pub(super) fn put(&mut self, path: &str, bytes: Vec<u8>) {
        if let Some(id) = id(path) {
            self.files.insert(id, Bytes::new(bytes));
        }
    }
}

fn absent(id: FileId) -> FileError {
    FileError::NotFound(id.vpath().get_without_slash().into())
}

impl World for Desk<'_> {
    fn library(&self) -> &LazyHash<Library> {
        &self.shelf.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &self.shelf.fonts.book
    }

    #[expect(clippy::expect_used, reason = "our own names are valid paths")]
    fn main(&self) -> FileId {
        self.main.expect("a path of the shelf")
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        self.shelf.sources.get(&id).cloned().ok_or_else(|| absent(id))
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        self.files.get(&id).cloned().ok_or_else(|| absent(id))
    }

    fn font(&self, index: usize) -> Option<Font> {
        self.shelf.fonts.fonts.get(index).cloned()
    }

    /// A paper says the date that its value says.
    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}
