//! Lists of matters: what stands on a desk, in one lane, in order.

use domain::access::reach;
use domain::ids::UnitId;
use domain::kind::Phase;
use domain::matter::{Lane, Refusal, Rule};
use store::Conn;
use store::matters::Summary;
use store::worklist::{Cursor, page, page_back};

use crate::{CountyState, Credential, Desk, Error, Roster, Service};

/// The most rows of a page.
pub const MAX_ROWS: i64 = 200;

/// Which list is asked for.
#[derive(Debug, Clone)]
pub struct Listing {
    /// The lane.
    pub lane: Lane,
    /// The unit; none for the first of the person's own, or for the person.
    pub unit: Option<UnitId>,
    /// Open, closed or archived.
    pub phase: Phase,
    /// One kind only.
    pub kind: Option<String>,
    /// One state of that kind only.
    pub state: Option<String>,
    /// Where the page begins.
    pub after: Option<Cursor>,
    /// How many rows.
    pub limit: i64,
}

/// A page of a list.
pub struct Page {
    /// Who reads it.
    pub desk: Desk,
    /// The rows, each with its place in the list.
    pub rows: Vec<(Cursor, Summary)>,
    /// Where the next page begins; none at the end.
    pub next: Option<Cursor>,
}

/// A page of a list that the person may read.
///
/// # Errors
/// [`Error::Missing`] for a desk out of reach; a kind or state that does not exist; failures of the
/// store.
pub fn list(
    conn: &mut Conn,
    service: &Service,
    credential: &Credential,
    listing: &Listing,
) -> Result<Page, Error> {
    let reader = Desk::open(conn, service, credential)?;
    let county = reader.who.county;
    let (desk, buckets) = place_of(&reader, listing)?;
    let limit = listing.limit.clamp(1, MAX_ROWS);
    let after = listing.after.unwrap_or(Cursor::START);
    let mut rows = Vec::new();
    for bucket in &buckets {
        rows.extend(page(conn, county, (desk, listing.lane, bucket), after, limit + 1)?);
    }
    if buckets.len() > 1 {
        rows.sort_by_key(|(cursor, _)| *cursor);
    }
    let more = rows.len() > limit as usize;
    rows.truncate(limit as usize);
    let next = if more { rows.last().map(|(cursor, _)| *cursor) } else { None };
    Ok(Page { desk: reader, rows, next })
}

/// What stands right before and right after a place of a list.
#[derive(Debug, Clone, Default)]
pub struct Neighbours {
    /// Before it.
    pub before: Option<(Cursor, Summary)>,
    /// After it.
    pub after: Option<(Cursor, Summary)>,
}

/// The neighbours of a place in a list, whether or not anything still stands there.
///
/// # Errors
/// As [`list`].
pub fn neighbours(
    conn: &mut Conn,
    reader: &Desk,
    listing: &Listing,
    at: Cursor,
) -> Result<Neighbours, Error> {
    let county = reader.who.county;
    let (desk, buckets) = place_of(reader, listing)?;
    let mut found = Neighbours::default();
    for bucket in &buckets {
        let place = (desk, listing.lane, bucket.as_str());
        let before = page_back(conn, county, place, at, 1)?.pop();
        let after = page(conn, county, place, at, 1)?.pop();
        let nearer = |new: &(Cursor, Summary), old: &(Cursor, Summary)| new.0 > old.0;
        if let Some(new) = before.filter(|n| found.before.as_ref().is_none_or(|o| nearer(n, o))) {
            found.before = Some(new);
        }
        if let Some(new) = after.filter(|n| found.after.as_ref().is_none_or(|o| nearer(o, n))) {
            found.after = Some(new);
        }
    }
    Ok(found)
}

/// The desk whose list it is, and the buckets that hold what is asked for.
fn place_of(reader: &Desk, listing: &Listing) -> Result<(i64, Vec<String>), Error> {
    let posts = reader.posts();
    let unit = listing.unit.or_else(|| posts.first().map(|p| p.unit));
    let own = listing.lane.is_personal();
    let desk = if own { reader.who.person.0 } else { unit.map_or(0, |u| u.0) };
    if !may_read(&posts, &reader.state, &reader.roster, desk, listing.lane) {
        return Err(Error::Missing);
    }
    Ok((desk, buckets(listing, &reader.state)?))
}

/// A desk is in reach if the person's own posts reach it, or if it lies below a unit whose whole
/// subtree they see.
fn may_read(
    posts: &[&domain::org::Post],
    state: &CountyState,
    roster: &Roster,
    desk: i64,
    lane: Lane,
) -> bool {
    let places = reach(posts, &state.catalogue);
    if places.contains(&(desk, lane)) {
        return true;
    }
    let below = |lane: Lane| match lane {
        Lane::Held | Lane::Below => Some(Lane::Below),
        Lane::Called | Lane::CalledBelow => Some(Lane::CalledBelow),
        Lane::Known | Lane::KnownBelow => Some(Lane::KnownBelow),
        _ => None,
    };
    let Some(wanted) = below(lane) else { return false };
    places.iter().any(|(top, l)| *l == wanted && roster.org.is_within(UnitId(desk), UnitId(*top)))
}

/// The buckets that hold what is asked for: one, or one for each state of the kind in that phase.
fn buckets(listing: &Listing, state: &CountyState) -> Result<Vec<String>, Error> {
    let phase = listing.phase.name();
    if !listing.lane.is_sorted() && (listing.kind.is_some() || listing.state.is_some()) {
        return Err(Refusal::of(Rule::UnknownField, "kind").into());
    }
    let Some(kind) = &listing.kind else {
        return match listing.state {
            Some(_) => Err(Refusal::of(Rule::Required, "kind").into()),
            None => Ok(vec![phase.to_owned()]),
        };
    };
    let kind =
        state.catalogue.kinds.get(kind).ok_or_else(|| Refusal::of(Rule::UnknownKind, "kind"))?;
    match &listing.state {
        Some(wanted) if kind.states.contains_key(wanted) => {
            Ok(vec![format!("{}:{wanted}", kind.id.text)])
        }
        Some(_) => Err(Refusal::of(Rule::NotInList, "state").with("list", "state").into()),
        None => {
            let states = kind.states.values().filter(|s| s.phase == listing.phase);
            Ok(states.map(|s| format!("{}:{}", kind.id.text, s.id.text)).collect())
        }
    }
}
