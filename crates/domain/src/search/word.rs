//! Words that are found only as a whole: codes, numbers and what belongs to a person.

use std::collections::BTreeSet;
use std::fmt;

use sm3::{Digest, Sm3};

use crate::codes::{phone, tidy_number};

use super::TOKEN_BYTES_MAX;
use super::normal::normal;
use super::spell::spellings;
use super::token::EXACT_MARK;

/// The longest name that is also spelled, in characters: names of people, not of companies.
const SPELLED_CHARS_MAX: usize = 12;
/// The characters of a tail: what people read out of a longer number.
const TAIL_CHARS: usize = 4;

/// What an exact word is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ExactClass {
    /// A matter's code: twelve digits.
    Code,
    /// An official number of a matter or a paper, in its comparable form.
    Number,
    /// The name of a party.
    Name,
    /// The spelling of a party's name.
    Spelling,
    /// The initials of a party's name.
    Initials,
    /// A telephone number.
    Phone,
    /// The last four characters of a telephone or identity number.
    Tail,
    /// A whole identity number (GB 11643) or unified social credit code (GB 32100).
    Identity,
}

impl ExactClass {
    /// The word's prefix in its key.
    #[must_use]
    pub fn prefix(self) -> &'static str {
        match self {
            Self::Code => "code",
            Self::Number => "number",
            Self::Name => "name",
            Self::Spelling => "py",
            Self::Initials => "pi",
            Self::Phone => "tel",
            Self::Tail => "tail",
            Self::Identity => "id",
        }
    }

    /// Whether words of this class belong to a person and must pass through a keyed hash.
    #[must_use]
    pub fn is_personal(self) -> bool {
        !matches!(self, Self::Code | Self::Number)
    }
}

/// A word that is found only as a whole. Only a code prints itself into a log.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ExactWord {
    class: ExactClass,
    text: String,
}

impl ExactWord {
    fn new(class: ExactClass, text: impl Into<String>) -> Self {
        Self { class, text: text.into() }
    }

    /// The word of a matter's code, given as twelve digits with or without dashes.
    #[must_use]
    pub fn of_code(code: &str) -> Option<Self> {
        let digits = tidy_number(code);
        is_digits(&digits, 12).then(|| Self::new(ExactClass::Code, digits))
    }

    /// The word of an official number; brackets, spaces and dashes do not count.
    #[must_use]
    pub fn of_number(number: &str) -> Option<Self> {
        let number = normal(number);
        (!number.is_empty()).then(|| Self::new(ExactClass::Number, number))
    }

    /// The words of a party's detail, by the names of [`crate::person::DETAILS`]: a name gives
    /// itself, its spellings and its initials, a number itself and its tail. Details that are not
    /// searched give none.
    #[must_use]
    pub fn of_detail(detail: &str, text: &str) -> BTreeSet<Self> {
        match detail {
            "name" | "representative" | "agent" => Self::of_name(text),
            "phone" | "agent-phone" => Self::of_phone(text),
            "id-number" | "credit-code" => Self::of_identity(text),
            _ => BTreeSet::new(),
        }
    }

    /// The words of a name.
    #[must_use]
    pub fn of_name(name: &str) -> BTreeSet<Self> {
        let name = normal(name);
        let mut words = BTreeSet::new();
        let length = name.chars().count();
        if length <= SPELLED_CHARS_MAX && name.chars().any(is_ideograph) {
            for way in spellings(&name) {
                words.insert(Self::new(ExactClass::Spelling, way.full));
                words.insert(Self::new(ExactClass::Initials, way.initials));
            }
        }
        if length > 0 {
            words.insert(Self::new(ExactClass::Name, name));
        }
        words
    }

    /// The words of a telephone number.
    #[must_use]
    pub fn of_phone(text: &str) -> BTreeSet<Self> {
        phone::read(text)
            .map(|number| Self::whole_and_tail(ExactClass::Phone, &number))
            .unwrap_or_default()
    }

    /// The words of an identity number or unified social credit code.
    #[must_use]
    pub fn of_identity(text: &str) -> BTreeSet<Self> {
        Self::whole_and_tail(ExactClass::Identity, &normal(text))
    }

    fn whole_and_tail(class: ExactClass, number: &str) -> BTreeSet<Self> {
        let tail = number.len().checked_sub(TAIL_CHARS).and_then(|at| number.get(at..));
        let tail = tail.filter(|tail| is_tail(tail)).map(|tail| Self::new(ExactClass::Tail, tail));
        let whole = (!number.is_empty()).then(|| Self::new(class, number));
        whole.into_iter().chain(tail).collect()
    }

    /// The words that a term of a query may be.
    pub(super) fn of_term(term: &str) -> BTreeSet<Self> {
        let form = normal(term);
        let length = form.chars().count();
        if length < 2 {
            return BTreeSet::new();
        }
        let mut words: BTreeSet<Self> = [Self::new(ExactClass::Number, form.clone())].into();
        words.extend(Self::of_code(term));
        if let Some(number) = phone::read(term).filter(|number| number.len() >= 7) {
            words.insert(Self::new(ExactClass::Phone, number));
        }
        if is_tail(&form) {
            words.insert(Self::new(ExactClass::Tail, form.clone()));
        }
        if length == 18 && form.is_ascii() {
            words.insert(Self::new(ExactClass::Identity, form.clone()));
        }
        // An umlaut is typed as such, too.
        let letters = form.replace('\u{fc}', "v");
        if letters.bytes().all(|b| b.is_ascii_lowercase()) {
            words.insert(Self::new(ExactClass::Spelling, letters.clone()));
            words.insert(Self::new(ExactClass::Initials, letters));
            words.insert(Self::new(ExactClass::Name, form));
        } else if form.chars().all(is_ideograph) {
            // Names of the minorities and of organisations are longer than four characters.
            words.insert(Self::new(ExactClass::Name, form));
        }
        words
    }

    /// What the word is.
    #[must_use]
    pub fn class(&self) -> ExactClass {
        self.class
    }

    /// What goes into the keyed hash of a personal word, such as `tail:1234`: the class is inside,
    /// so that the same digits in two places cannot be told to be the same.
    #[must_use]
    pub fn key(&self) -> String {
        format!("{}:{}", self.class.prefix(), self.text)
    }

    /// The word's token: `seal` is asked for that of a personal word (see
    /// [`ExactWord::sealed_token`]), an open one is its own.
    #[must_use]
    pub fn token(&self, seal: &dyn Fn(&Self) -> String) -> String {
        let letter = match self.class {
            ExactClass::Code => 'c',
            ExactClass::Number => 'n',
            _ => return seal(self),
        };
        let token = format!("{EXACT_MARK}{letter}{}", self.text);
        if token.len() <= TOKEN_BYTES_MAX {
            return token;
        }
        // A number too long for a token is known by its hash: nothing is left out of the index.
        hexed('h', &Sm3::digest(self.text.as_bytes()))
    }

    /// The token of a personal word from its keyed hash, of which sixteen bytes are used.
    #[must_use]
    pub fn sealed_token(keyed_hash: &[u8]) -> String {
        hexed('p', keyed_hash)
    }
}

impl fmt::Debug for ExactWord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Any term of a query may be an official number, a name as well.
        let text = if self.class == ExactClass::Code { &self.text } else { "…" };
        write!(f, "{}:{text}", self.class.prefix())
    }
}

fn hexed(letter: char, bytes: &[u8]) -> String {
    let hex: String = bytes.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    format!("{EXACT_MARK}{letter}{hex}")
}

fn is_digits(text: &str, length: usize) -> bool {
    text.len() == length && text.bytes().all(|b| b.is_ascii_digit())
}

/// Four digits, or three and the X that ends one identity number in eleven.
fn is_tail(text: &str) -> bool {
    is_digits(text, TAIL_CHARS)
        || text.strip_suffix('x').is_some_and(|start| is_digits(start, TAIL_CHARS - 1))
}

fn is_ideograph(c: char) -> bool {
    !c.is_ascii() && (c.is_alphabetic() || c >= '\u{e000}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(words: &BTreeSet<ExactWord>) -> Vec<String> {
        words.iter().map(ExactWord::key).collect()
    }

    fn term(text: &str) -> Vec<String> {
        keys(&ExactWord::of_term(text))
    }

    #[test]
    fn a_party_is_found_by_name_spelling_initials_and_numbers() {
        assert_eq!(
            keys(&ExactWord::of_detail("name", "张建国")),
            ["name:张建国", "py:zhangjianguo", "pi:zjg"]
        );
        assert_eq!(
            keys(&ExactWord::of_detail("phone", "170-0000-1234")),
            ["tel:17000001234", "tail:1234"]
        );
        assert_eq!(
            keys(&ExactWord::of_detail("id-number", "11010519491231002X")),
            ["tail:002x", "id:11010519491231002x"]
        );
        assert_eq!(keys(&ExactWord::of_detail("name", "Ana Li")), ["name:anali"]);
        assert!(ExactWord::of_detail("address", "弥城镇").is_empty());
        assert!(ExactWord::of_detail("phone", "没有").is_empty());
        assert!(ExactWord::of_detail("name", " ").is_empty());
        assert!(keys(&ExactWord::of_name("单丹")).contains(&"py:shandan".to_owned()));
    }

    #[test]
    fn a_term_may_be_several_words() {
        assert_eq!(term("2648-1920-6307"), ["code:264819206307", "number:264819206307"]);
        assert_eq!(term("17000001234"), ["number:17000001234", "tel:17000001234"]);
        assert_eq!(term("1234"), ["number:1234", "tail:1234"]);
        assert_eq!(term("002X"), ["number:002x", "tail:002x"]);
        assert_eq!(term("ZJG"), ["number:zjg", "name:zjg", "py:zjg", "pi:zjg"]);
        assert_eq!(term("LÜBU")[2], "py:lvbu");
        assert_eq!(term("张建国"), ["number:张建国", "name:张建国"]);
        assert_eq!(term("阿依古丽·买买提")[1], "name:阿依古丽买买提");
        assert_eq!(term("弥城人调字〔2026〕第12号"), ["number:弥城人调字2026第12号"]);
        assert!(term("张").is_empty() && term("。").is_empty());
    }

    #[test]
    fn open_words_are_their_own_tokens_and_personal_ones_are_sealed() {
        let seal = |word: &ExactWord| ExactWord::sealed_token(&Sm3::digest(word.key().as_bytes()));
        let token = |word: Option<ExactWord>| word.map(|w| w.token(&seal)).unwrap_or_default();
        assert_eq!(token(ExactWord::of_code("264819206307")), "§c264819206307");
        assert_eq!(token(ExactWord::of_number("人调字(2026)1号")), "§n人调字20261号");
        let long = token(ExactWord::of_number(&"长".repeat(30)));
        assert!(long.starts_with("§h") && long.len() <= TOKEN_BYTES_MAX);
        for word in ExactWord::of_name("张建国") {
            let sealed = word.token(&seal);
            assert!(sealed.starts_with("§p") && sealed.len() == 35, "{}", sealed.len());
            assert!(!format!("{word:?}").contains('张') && !format!("{word:?}").contains("zh"));
        }
    }
}
