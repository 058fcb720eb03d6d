//! What can go wrong with a paper. No fault carries what somebody wrote in it.

/// Why nothing was printed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PaperFault {
    /// No font with Chinese characters was found; a page of empty boxes is worse than none.
    #[error(
        "no Chinese font was found in {looked_in}; install the package fonts-noto-cjk \
         or name a folder with fonts"
    )]
    NoFont {
        /// The folders looked in.
        looked_in: String,
    },
    /// No template has this name.
    #[error("there is no template \"{name}\"")]
    NoTemplate {
        /// The name asked for.
        name: String,
    },
    /// A sheet, or the set of files, is not as it should be.
    #[error("{file}: {message}")]
    Sheet {
        /// The file.
        file: String,
        /// What is wrong.
        message: String,
    },
    /// A template failed.
    #[error("{template}: {file}, line {line}: {message}")]
    Template {
        /// The paper that was to be printed.
        template: String,
        /// The file in which it failed.
        file: String,
        /// The line there, counted from 1; 0 where none is known.
        line: usize,
        /// What the typesetter says.
        message: String,
    },
    /// The value is too large or too deep to be a paper.
    #[error("the paper says more than {most} bytes, or is nested too deeply")]
    TooLarge {
        /// The limit.
        most: usize,
    },
    /// The address for checking does not fit into a QR code.
    #[error("the address for checking is too long for a QR code")]
    LongAddress,
    /// A dossier without parts, or with too many.
    #[error("a dossier has between 1 and {most} parts")]
    Parts {
        /// The limit.
        most: usize,
    },
    /// A scan is not what it is said to be, or has too many pages.
    #[error("part {part} of the dossier cannot be read, or has too many pages")]
    Scan {
        /// Which part, counted from 1 in the order of the index.
        part: usize,
    },
    /// A part names an item that the dossier has not.
    #[error("part {part} of the dossier names no item of it")]
    NoItem {
        /// Which part, counted from 1.
        part: usize,
    },
}

impl PaperFault {
    pub(super) fn sheet(file: &str, message: &str) -> Self {
        Self::Sheet { file: file.to_owned(), message: message.to_owned() }
    }
}

/// Text for a fault: one line of it, and not much.
pub(super) fn shorten(text: &str) -> String {
    text.lines().next().unwrap_or_default().chars().take(200).collect()
}
