//! Mistakes as edits of the catalogue that ships.

/// One edit of the files.
#[derive(Clone, Copy)]
pub enum Edit {
    /// A text that stands once in a file becomes another.
    Replace(&'static str, &'static str, &'static str),
    /// A text is added at the end of a file, which is new if it was not there.
    Append(&'static str, &'static str),
    /// A file is gone.
    Remove(&'static str),
}

/// A mistake, and where it must be found.
pub struct Case {
    /// The rule.
    pub rule: &'static str,
    /// The mistake.
    pub edits: &'static [Edit],
    /// The file, and a text that stands once in it, on the line of the mistake.
    pub at: (&'static str, &'static str),
}

/// A mistake.
pub const fn case(
    rule: &'static str,
    edits: &'static [Edit],
    at: (&'static str, &'static str),
) -> Case {
    Case { rule, edits, at }
}
