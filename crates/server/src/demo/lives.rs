//! Playing matters: each is brought, handled and ended by the people of the county over the past 18
//! months, through the engine itself.

use std::collections::BTreeMap;
use std::sync::Arc;

use app::matters::{Acting, Life};
use app::{CountyState, Error, Roster, Service};
use domain::access::takers;
use domain::kind::{Action, Kind, Phase};
use domain::matter::{Matter, intake_offer, offers};
use domain::org::Post;
use domain::rehearsal::{Dice, Filler};
use domain::time::{DAY_MS, HOUR_MS, Instant, MINUTE_MS};
use indicatif::ProgressBar;
use serde::Deserialize;
use store::Conn;

use super::MIDU;
use super::texts::DemoPhrases;
use crate::home::Home;

/// Over how many days matters are spread.
const DAYS: i64 = 548;
/// How many matters one transaction holds.
const CHUNK: u32 = 500;
/// The most steps of one life.
const MAX_STEPS: usize = 40;

/// How likely kinds and actions are.
#[derive(Debug, Deserialize)]
struct Habits {
    /// The weight of each kind; a kind not named has 1.
    kinds: BTreeMap<String, u32>,
    /// The weight of each action of each kind; an action not named has 1.
    actions: BTreeMap<String, BTreeMap<String, u32>>,
}

/// Plays matters; the same seed plays the same lives.
pub fn play(home: &Home, count: u32, seed: u64, bar: &ProgressBar) -> anyhow::Result<()> {
    let habits: Arc<Habits> =
        Arc::new(toml::from_str(include_str!("../../../../demo/habits.toml"))?);
    let state = home.service.county(MIDU)?;
    let mut done = 0;
    while done < count {
        let chunk = CHUNK.min(count - done);
        let (service, state, habits) = (home.service.clone(), state.clone(), habits.clone());
        let first = u64::from(done);
        let write = move |conn: &mut Conn| {
            let roster = state.roster(conn)?;
            let stage = Stage::new(&service, &state, &roster, &habits);
            for i in 0..u64::from(chunk) {
                stage.life(conn, &mut Dice::new(seed.wrapping_mul(1_000_003) ^ (first + i)))?;
            }
            Ok::<_, Error>(())
        };
        home.service.db().write(write).wait()?;
        done += chunk;
        bar.set_position(u64::from(done));
        app::jobs::fold(&home.service, &home.service.county(MIDU)?)?;
    }
    Ok(())
}

struct Stage<'a> {
    service: &'a Service,
    state: &'a CountyState,
    roster: &'a Roster,
    habits: &'a Habits,
    filler: Filler<'a>,
    /// Posts that may open the door, by kind.
    doors: Vec<(&'a Arc<Kind>, Vec<&'a Post>)>,
}

impl<'a> Stage<'a> {
    fn new(
        service: &'a Service,
        state: &'a CountyState,
        roster: &'a Roster,
        habits: &'a Habits,
    ) -> Self {
        let filler = Filler::new(roster.setting(state), &DemoPhrases);
        let mut posts: Vec<&Post> = roster.org.all_posts().collect();
        posts.sort_by_key(|p| p.id);
        let opens = |kind: &'a Arc<Kind>| {
            (kind, posts.iter().copied().filter(|p| intake_offer(kind, &[*p]).is_some()).collect())
        };
        let doors = state.catalogue.kinds.values().map(opens).collect();
        Self { service, state, roster, habits, filler, doors }
    }

    fn life(&self, conn: &mut Conn, dice: &mut Dice) -> Result<(), Error> {
        let weights: Vec<u32> = self
            .doors
            .iter()
            .map(|(k, _)| self.habits.kinds.get(&k.id.text).copied().unwrap_or(1))
            .collect();
        let Some((kind, posts)) = self.doors.get(dice.weighed(&weights)) else { return Ok(()) };
        let Some(post) = dice.pick(posts) else { return Ok(()) };
        let end = self.service.now();
        let ago = dice.between(0, DAYS * DAY_MS);
        let mut at = working_time(dice, end.plus_ms(-ago));
        let intake = self.filler.intake(dice, kind, post.unit, at);
        let context = (self.state, self.roster);
        let mut life = Life::register(conn, self.service, context, post, &intake, at)?;
        for _ in 0..MAX_STEPS {
            at = pause(dice, at);
            life.pass(conn, at.min(end))?;
            if at > end
                || life.matter().phase == Phase::Archived
                || !self.step(conn, dice, &mut life, at)?
            {
                break;
            }
        }
        life.settle(conn).map(drop)
    }

    /// One step by somebody around the matter; answers whether anything was possible.
    fn step(
        &self,
        conn: &mut Conn,
        dice: &mut Dice,
        life: &mut Life<'_>,
        at: Instant,
    ) -> Result<bool, Error> {
        let matter = life.matter();
        let at = at.max(matter.changed_at);
        let Some(kind) = self.state.catalogue.kind(matter.kind(), matter.registration.kind_version)
        else {
            return Ok(false);
        };
        let posts = self.around(matter, at);
        let mut open: Vec<(&Action, u32)> = kind
            .actions
            .values()
            .filter(|a| a.from.iter().any(|s| s.text == matter.state))
            .map(|a| (a, self.weight(matter, a)))
            .filter(|(_, weight)| *weight > 0)
            .collect();
        while !open.is_empty() {
            let weights: Vec<u32> = open.iter().map(|(_, w)| *w).collect();
            let (action, _) = open.swap_remove(dice.weighed(&weights));
            if self.take(conn, dice, life, action, &posts, at)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Lets somebody who may take an action; answers whether it was taken.
    fn take(
        &self,
        conn: &mut Conn,
        dice: &mut Dice,
        life: &mut Life<'_>,
        action: &Action,
        posts: &[&Post],
        at: Instant,
    ) -> Result<bool, Error> {
        let (matter, org) = (life.matter(), &self.roster.org);
        let able: Vec<&Post> = takers(posts, action, matter, org);
        let Some(post) = dice.pick(&able) else { return Ok(false) };
        let offered = offers(self.roster.setting(self.state), matter, &[*post])?;
        let offer = offered.iter().find(|o| o.action.id == action.id && o.blocked.is_none());
        let Some(offer) = offer else { return Ok(false) };
        let Some(data) = self.filler.data(dice, offer, matter, None, at) else { return Ok(false) };
        let acting = Acting {
            code: matter.code(),
            action: action.id.text.clone(),
            seen: Some(matter.version),
            data,
        };
        match life.act(conn, post, &acting, at) {
            Ok(()) => Ok(true),
            // What the dice filled in may break a rule that only the step could tell.
            Err(Error::Refused(_)) => Ok(false),
            Err(other) => Err(other),
        }
    }

    fn weight(&self, matter: &Matter, action: &Action) -> u32 {
        let weights = self.habits.actions.get(matter.kind());
        let weight = weights.and_then(|w| w.get(&action.id.text)).copied().unwrap_or(1);
        // What was done once is done again less often.
        match matter.done.get(&action.id.text) {
            Some(times) => weight / (1 + u32::from(*times) * 3),
            None => weight,
        }
    }

    /// The posts at the units around a matter, a few of each unit.
    fn around(&self, matter: &Matter, at: Instant) -> Vec<&'a Post> {
        let org = &self.roster.org;
        let mut units: Vec<_> = org.lineage(matter.holder).collect();
        units.push(matter.registrar);
        units.extend(matter.callouts.iter().filter(|c| c.is_open()).map(|c| c.unit));
        let mut posts: Vec<&Post> = Vec::new();
        for unit in units {
            let mut seen: Vec<&str> = Vec::new();
            let staff = org.staff(unit).iter().flat_map(|p| org.posts_at(*p, unit, at.day()));
            for post in staff {
                let handles = matter.handler == Some(post.person);
                if handles || !seen.contains(&post.role.as_str()) {
                    seen.push(&post.role);
                    posts.push(post);
                }
            }
        }
        posts
    }
}

/// Most things happen in office hours.
fn working_time(dice: &mut Dice, at: Instant) -> Instant {
    let minute = if dice.happens(92) { dice.between(510, 1_080) } else { dice.between(0, 1_439) };
    at.day().start().plus_ms(minute * MINUTE_MS + dice.between(0, 59_999))
}

/// How long until the next step: often the same day, sometimes weeks.
fn pause(dice: &mut Dice, at: Instant) -> Instant {
    let later = match dice.below(10) {
        0..4 => dice.between(MINUTE_MS * 5, HOUR_MS * 3),
        4..8 => dice.between(HOUR_MS * 4, DAY_MS * 3),
        _ => dice.between(DAY_MS * 2, DAY_MS * 18),
    };
    let next = at.plus_ms(later);
    if later > DAY_MS { working_time(dice, next).max(at.plus_ms(MINUTE_MS)) } else { next }
}
