//! Matters that may be the same as another: by whom they concern, where it happened and what they say.

use std::collections::BTreeSet;

use domain::access::reach;
use domain::ids::{MatterId, UnitId};
use domain::matter::Matter;
use domain::search::{Clause, ExactClass, ExactWord, Plan, Tier, text_tokens};
use domain::time::DAY_MS;
use store::matters::Summary;
use store::{Conn, matters};

use super::{Scope, candidates, pending, place_token, sealed, seen_from, words};
use crate::{Desk, Error};

/// How many candidates are read at most.
const CANDIDATES: i64 = 40;
/// How many are shown.
const SHOWN: usize = 5;
/// A matter that came in longer ago is another one, ms.
const YOUNG_MS: i64 = 365 * DAY_MS;
/// The likeness from which a matter is worth a look.
const SCORE_MIN: u32 = 3;
/// How many characters of a title are looked for as they stand.
const PHRASE_CHARS: usize = 6;
/// How many names of parties are looked for at most.
const NAMES_MAX: usize = 6;
/// Titles that share this part of their pairs, in hundredths, say the same.
const SAME_TITLE: usize = 50;

/// What is known of a matter that is compared with others.
#[derive(Debug, Default)]
pub struct Likeness {
    /// Where it happened.
    pub place: Option<UnitId>,
    /// Its title.
    pub title: String,
    /// What its parties are found by.
    pub words: BTreeSet<ExactWord>,
    /// The matter itself, where it is registered already.
    pub own: Option<MatterId>,
}

/// What two matters share.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Share {
    /// An identity number or credit code.
    Identity,
    /// A telephone number.
    Phone,
    /// A name.
    Name,
    /// Nearly the same title.
    Title,
    /// The place.
    Place,
}

impl Share {
    /// Its word in the product's texts.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::Phone => "phone",
            Self::Name => "name",
            Self::Title => "title",
            Self::Place => "place",
        }
    }

    /// A common name alone says little; a number says nearly all.
    fn weight(self) -> u32 {
        match self {
            Self::Identity => 4,
            Self::Phone => 3,
            Self::Name | Self::Title => 2,
            Self::Place => 1,
        }
    }

    fn of(class: ExactClass) -> Option<Self> {
        match class {
            ExactClass::Identity => Some(Self::Identity),
            ExactClass::Phone => Some(Self::Phone),
            ExactClass::Name => Some(Self::Name),
            _ => None,
        }
    }
}

/// A matter that may be the same.
pub struct Alike {
    /// The matter.
    pub summary: Summary,
    /// What the two share.
    pub shares: BTreeSet<Share>,
}

impl Likeness {
    /// Adds what a party is found by.
    pub fn party(&mut self, detail: &str, text: &str) {
        let words = ExactWord::of_detail(detail, text).into_iter();
        self.words.extend(words.filter(|word| Share::of(word.class()).is_some()));
    }

    /// The likeness of a registered matter.
    ///
    /// # Errors
    /// A sealed value that does not open.
    pub fn of(desk: &Desk, matter: &Matter) -> Result<Self, Error> {
        let own = words(&desk.state, matter)?.into_iter();
        Ok(Self {
            place: Some(matter.registration.place),
            title: matter.registration.title.clone(),
            words: own.filter(|word| Share::of(word.class()).is_some()).collect(),
            own: Some(matter.id()),
        })
    }

    /// What a candidate must have one of: a number of its parties, two of their names, or two of a name, its
    /// title and its place. Each of those alone says too little, and a county has many of the same.
    fn clause(&self) -> Option<Clause> {
        let all = self.words.iter().cloned();
        let (names, numbers): (Vec<_>, Vec<_>) = all.partition(|w| w.class() == ExactClass::Name);
        let names: Vec<Clause> = names.into_iter().take(NAMES_MAX).map(Clause::Word).collect();
        let phrase: String = self.title.chars().take(PHRASE_CHARS).collect();
        let title = Plan::read(&phrase).ok().and_then(|plan| plan.clause(Tier::Title));
        let place = self.place.map(|place| Clause::Token(place_token(place)));
        let name = (!names.is_empty()).then(|| Clause::Or(names.clone()));
        let mut ways: Vec<Clause> = numbers.into_iter().map(Clause::Word).collect();
        for (one, other) in [(&name, &title), (&name, &place), (&title, &place)] {
            let both = one.clone().zip(other.clone());
            ways.extend(both.map(|(one, other)| Clause::And(vec![one, other])));
        }
        for (at, one) in names.iter().enumerate() {
            let others = names[at + 1..].iter();
            ways.extend(others.map(|other| Clause::And(vec![one.clone(), other.clone()])));
        }
        (!ways.is_empty()).then_some(Clause::Or(ways))
    }

    /// What it shares with another matter, and how much that says.
    fn shares(&self, desk: &Desk, matter: &Matter) -> Result<(BTreeSet<Share>, u32), Error> {
        let own = words(&desk.state, matter)?;
        let common = self.words.intersection(&own).filter_map(|word| Share::of(word.class()));
        let mut shares = BTreeSet::new();
        let mut score = 0;
        for share in common {
            score += share.weight();
            shares.insert(share);
        }
        let place = self.place == Some(matter.registration.place);
        let title = same_title(&self.title, &matter.registration.title);
        for share in [(place, Share::Place), (title, Share::Title)] {
            if share.0 && shares.insert(share.1) {
                score += share.1.weight();
            }
        }
        Ok((shares, score))
    }
}

fn same_title(one: &str, other: &str) -> bool {
    let tokens = |title: &str| text_tokens(title, "");
    let (one, other) = (tokens(one), tokens(other));
    let set = |text: &str| text.split(' ').map(str::to_owned).collect::<BTreeSet<_>>();
    let (one, other) = (set(&one), set(&other));
    let (common, all) = (one.intersection(&other).count(), one.union(&other).count());
    common * 100 >= all * SAME_TITLE
}

/// Matters within sight that may be the same, the likeliest first.
///
/// # Errors
/// Failures of the store.
pub fn alike(conn: &mut Conn, desk: &Desk, like: &Likeness) -> Result<Vec<Alike>, Error> {
    let scope = seen_from(&reach(&desk.posts(), &desk.state.catalogue), desk.roster.org.root());
    let Some(clause) = like.clause().filter(|_| !matches!(scope, Scope::Nothing)) else {
        return Ok(Vec::new());
    };
    let state = &desk.state;
    let clause = scope.narrow(clause).sealed(&|word| sealed(state, word));
    let pending = pending(conn, state)?;
    let from = (MatterId(i64::MAX), CANDIDATES);
    let ids = candidates(conn, state, &clause, &pending, from)?;
    let mut found = Vec::new();
    for id in ids.into_iter().filter(|id| Some(*id) != like.own) {
        let Some(stored) = matters::by_id(conn, state.county, id)? else { continue };
        let matter = &stored.matter;
        let young = desk.now.0 - matter.registered_at.0 < YOUNG_MS;
        if !young || !desk.sees(matter) {
            continue;
        }
        let (shares, score) = like.shares(desk, matter)?;
        if score >= SCORE_MIN {
            found.push((score, Alike { summary: Summary::of(matter), shares }));
        }
    }
    found.sort_by_key(|(score, one)| {
        (std::cmp::Reverse(*score), std::cmp::Reverse(one.summary.registered_at))
    });
    found.truncate(SHOWN);
    Ok(found.into_iter().map(|(_, alike)| alike).collect())
}
