//! Names in Latin letters: the whole spelling and the initials of each reading.

use std::collections::BTreeSet;

use pinyin::{ToPinyin, ToPinyinMulti};

use crate::codes::narrow;

/// The most readings of one character that are followed.
const READINGS_MAX: usize = 6;
/// The most spellings of one name: enough for three characters of three readings each.
const SPELLINGS_MAX: usize = 27;

/// One way to read a name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Spelling {
    /// The whole spelling without tones or spaces, such as `zhangjianguo`.
    pub full: String,
    /// The first letter of each character, such as `zjg`.
    pub initials: String,
}

/// The usual spelling of a name, without tones or spaces; Latin letters and digits stay, whatever
/// cannot be read is left out.
#[must_use]
pub fn spell(text: &str) -> String {
    usual(text).full
}

/// The initials of the usual spelling of a name; Latin letters and digits stay whole.
#[must_use]
pub fn initials(text: &str) -> String {
    usual(text).initials
}

/// The ways to read a name, the usual one first, at most 27.
///
/// A surname is often read unlike the same character elsewhere, and people type both; so every
/// reading is followed, those with the fewest unusual characters first.
#[must_use]
pub fn spellings(name: &str) -> Vec<Spelling> {
    let empty = Spelling { full: String::new(), initials: String::new() };
    let mut found = vec![(0, empty)];
    for c in name.chars() {
        let readings = readings(c);
        if readings.is_empty() {
            continue;
        }
        let mut next: Vec<(usize, Spelling)> = found
            .iter()
            .flat_map(|(rank, start)| {
                readings.iter().enumerate().map(move |(i, reading)| (rank + i, start.with(reading)))
            })
            .collect();
        next.sort_by_key(|(rank, _)| *rank);
        next.truncate(SPELLINGS_MAX);
        found = next;
    }
    let mut seen = BTreeSet::new();
    let ways = found.into_iter().map(|(_, way)| way).filter(|way| !way.full.is_empty());
    ways.filter(|way| seen.insert(way.clone())).collect()
}

impl Spelling {
    fn with(&self, reading: &str) -> Self {
        let first = reading.get(..1).unwrap_or_default();
        Self {
            full: format!("{}{reading}", self.full),
            initials: format!("{}{first}", self.initials),
        }
    }
}

fn usual(text: &str) -> Spelling {
    let mut way = Spelling { full: String::new(), initials: String::new() };
    for c in text.chars() {
        let reading = match c.to_pinyin() {
            Some(reading) => typed(reading.plain()).into_iter().next(),
            None => latin(c),
        };
        way = reading.map(|r| way.with(&r)).unwrap_or(way);
    }
    way
}

/// The readings of a character as people type them, the usual one first, each once.
fn readings(c: char) -> Vec<String> {
    let Some(all) = c.to_pinyin_multi() else { return latin(c).into_iter().collect() };
    let mut distinct: Vec<String> = Vec::new();
    for reading in all.into_iter().flat_map(|reading| typed(reading.plain())) {
        if distinct.len() < READINGS_MAX && !distinct.contains(&reading) {
            distinct.push(reading);
        }
    }
    distinct
}

/// A reading in the letters of a keyboard. The umlaut is typed as `v`, written `yu` in passports
/// (GB/T 28039-2011) and often simply left out.
fn typed(reading: &str) -> Vec<String> {
    let ways = if reading.contains('\u{fc}') { &["v", "yu", "u"][..] } else { &[""] };
    let ways = ways.iter().map(|way| reading.replace('\u{fc}', way));
    ways.filter(|way| !way.is_empty() && way.bytes().all(|b| b.is_ascii_lowercase())).collect()
}

fn latin(c: char) -> Option<String> {
    let c = narrow(c).to_ascii_lowercase();
    c.is_ascii_alphanumeric().then(|| c.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn full(name: &str) -> Vec<String> {
        spellings(name).into_iter().map(|way| way.full).collect()
    }

    #[test]
    fn places_are_spelled_and_shortened() {
        assert_eq!((spell("弥城镇").as_str(), initials("弥城镇").as_str()), ("michengzhen", "mcz"));
        assert_eq!((spell("Ａ3区·二组").as_str(), initials("A3区").as_str()), ("a3querzu", "a3q"));
        assert_eq!(spell("，🙂"), "");
        assert_eq!(spell("吕"), "lv");
    }

    #[test]
    fn every_reading_of_a_surname_is_followed() {
        assert_eq!(spellings("张建国")[0].initials, "zjg");
        for (name, way) in [
            ("单国强", "shanguoqiang"),
            ("单国强", "danguoqiang"),
            ("曾丽", "zengli"),
            ("曾丽", "cengli"),
            ("仇和平", "qiuheping"),
            ("查一山", "zhayishan"),
            ("解放", "xiefang"),
            ("朴正", "piaozheng"),
            ("尉迟恭", "yuchigong"),
            ("万俟卨", "moqixie"),
            ("乐嘉", "yuejia"),
            ("吕布", "lvbu"),
            ("吕布", "lyubu"),
            ("吕布", "lubu"),
        ] {
            assert!(full(name).contains(&way.to_owned()), "{name} {way}: {:?}", full(name));
        }
    }

    #[test]
    fn the_ways_are_bounded_and_the_usual_one_leads() {
        let many = spellings("阿哈那那能长单查");
        assert_eq!(many.len(), SPELLINGS_MAX);
        assert_eq!(many[0].full, spell("阿哈那那能长单查"));
        assert!(spellings("").is_empty() && spellings("？").is_empty());
    }
}
