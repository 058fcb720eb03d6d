//! The list that a matter was opened from, and the way on and back in it.

use app::matters::{Listing, Neighbours};
use domain::kind::Phase;
use domain::matter::Lane;
use maud::{Markup, html};
use store::matters::Summary;
use store::worklist::Cursor;

use super::frame::address;
use super::visitor::{Form, Visitor};

/// Which list, as its address says it. What does not fit is taken as not said.
#[derive(Debug, Default, Clone, serde::Deserialize)]
#[serde(default)]
pub struct Asked {
    pub lane: String,
    pub unit: String,
    pub phase: String,
    pub kind: String,
    pub state: String,
    pub after: String,
}

impl Asked {
    /// The list's page, from its beginning or from a place in it.
    pub fn address(&self, after: &str) -> String {
        address("/matters", &self.query(after))
    }

    /// What the address says, from a place in the list.
    pub fn query<'a>(&'a self, after: &'a str) -> [(&'static str, &'a str); 6] {
        let Self { lane, unit, phase, kind, state, .. } = self;
        [
            ("lane", lane),
            ("unit", unit),
            ("phase", phase),
            ("kind", kind),
            ("state", state),
            ("after", after),
        ]
    }

    /// The list.
    pub fn listing(&self, limit: i64) -> Listing {
        let lane = Lane::named(&self.lane).unwrap_or(Lane::Held);
        let text = |t: &str| (!t.is_empty() && lane.is_sorted()).then(|| t.to_owned());
        Listing {
            lane,
            unit: self.unit.parse().ok(),
            phase: self.phase.parse().unwrap_or(Phase::Open),
            kind: text(&self.kind),
            state: text(&self.state).filter(|_| !self.kind.is_empty()),
            after: self.after.parse().ok(),
            limit,
        }
    }

    /// The same read from the text of a query.
    pub fn read(text: &str) -> Self {
        let form = Form::read(text.as_bytes());
        let get = |name: &str| form.get(name).unwrap_or_default().to_owned();
        Self {
            lane: get("lane"),
            unit: get("unit"),
            phase: get("phase"),
            kind: get("kind"),
            state: get("state"),
            after: get("after"),
        }
    }
}

/// The list that a matter was opened from, as a query that ends with the matter's place in it.
#[derive(Debug, Default, Clone)]
pub struct Trail(pub String);

impl Trail {
    /// The trail through a list at a place.
    pub fn at(asked: &Asked, at: Cursor) -> Self {
        let at = at.to_string();
        Self(address("", &asked.query(&at)).trim_start_matches('?').to_owned())
    }

    /// The list and the place; none where the matter was not opened from a list.
    pub fn place(&self) -> Option<(Listing, Cursor)> {
        let listing = Asked::read(&self.0).listing(1);
        let at = listing.after.filter(|_| !self.0.is_empty())?;
        Some((listing, at))
    }

    /// Where a matter is on this trail.
    pub fn to(&self, path: &str) -> String {
        address(path, &[("list", &self.0)])
    }
}

/// The way back to the list, and to what stands before and after in it.
pub fn ways(visitor: &Visitor, trail: &Trail, neighbours: &Neighbours) -> Markup {
    let asked = Asked::read(&trail.0);
    let to = |(at, summary): &(Cursor, Summary)| {
        Trail::at(&asked, *at).to(&format!("/matters/{}", summary.code))
    };
    html! {
        @if !trail.0.is_empty() {
            nav class="ways" aria-label=(visitor.say("page.ways")) {
                a href=(asked.address("")) { (visitor.say("page.to-list")) }
                span {
                    @if let Some(before) = &neighbours.before { a rel="prev" href=(to(before)) title=(before.1.title) { (visitor.say("page.previous-one")) } }
                    @if let Some(after) = &neighbours.after { a rel="next" href=(to(after)) title=(after.1.title) { (visitor.say("page.next-one")) } }
                }
            }
        }
    }
}
