//! The press of a county: its templates, made ready when the first paper is printed.

use std::fmt;
use std::sync::{Arc, OnceLock};

use documents::paper::{PaperFault, Press};
use domain::catalogue::Source;
use sm3::{Digest, Sm3};

use crate::Service;

/// The folder of templates inside a catalogue.
const FOLDER: &str = "documents/";

/// The templates of a county, and its press once it was needed.
pub struct Printery {
    texts: Vec<(String, String)>,
    press: OnceLock<Result<Arc<Press>, PaperFault>>,
}

impl fmt::Debug for Printery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Printery").field("texts", &self.texts.len()).finish_non_exhaustive()
    }
}

impl Printery {
    /// The templates of a catalogue.
    #[must_use]
    pub fn new(source: &Source) -> Self {
        let inside = source
            .0
            .iter()
            .filter_map(|(path, text)| Some((path.strip_prefix(FOLDER)?.to_owned(), text.clone())));
        Self { texts: inside.collect(), press: OnceLock::new() }
    }

    /// The press. The first call reads the machine's fonts, which takes a moment: it belongs on no
    /// thread of the database or of the server.
    ///
    /// # Errors
    /// No Chinese font; a template that cannot be used.
    pub fn press(&self, service: &Service) -> Result<Arc<Press>, PaperFault> {
        let made = self.press.get_or_init(|| {
            let texts = self.texts.iter().map(|(name, text)| (name, text.clone()));
            Ok(Arc::new(Press::new(service.fonts()?, texts)?))
        });
        made.clone()
    }

    /// The edition of a template: SM3 over it, its sheet and what all templates share, shortened.
    /// A paper remembers with which it was made out.
    #[must_use]
    pub fn edition(&self, template: &str) -> String {
        let mut hash = Sm3::new();
        for (name, text) in &self.texts {
            let stem = name.rsplit_once('.').map_or("", |(stem, _)| stem);
            if stem == template || stem.starts_with('_') {
                hash.update((name.len() as u64).to_be_bytes());
                hash.update(name);
                hash.update((text.len() as u64).to_be_bytes());
                hash.update(text);
            }
        }
        store::chain::hex(&hash.finalize()[..8])
    }
}
