//! The agenda: a day or a week, by room or by person. Each day is a list of its own, so that it reads the
//! same on a telephone; where there is room the days stand side by side.

use std::collections::BTreeMap;

use app::Desk;
use app::meetings::{Agenda, Entry, Of, agenda};
use axum::extract::Query;
use axum::response::Response;
use domain::ids::PersonId;
use domain::time::Day;
use maud::{Markup, html};
use serde::Deserialize;
use store::rooms::Room;

use super::{hours, path, person, sort_label};
use crate::pages::frame::{Frame, address};
use crate::pages::parts::empty_of;
use crate::pages::upset::Upset;
use crate::pages::visitor::Visitor;

/// Which days of whose agenda.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default)]
pub struct Asked {
    day: String,
    view: String,
    by: String,
    unit: String,
    person: String,
}

impl Asked {
    fn is_week(&self) -> bool {
        self.view != "day"
    }

    fn by_room(&self) -> bool {
        self.by == "room"
    }

    fn of(&self) -> Of {
        if self.by_room() {
            Of::Rooms(self.unit.parse().ok())
        } else {
            Of::Person(self.person.parse().ok())
        }
    }

    /// The first day that is shown, and how many: a week begins on Monday.
    fn days(&self, today: Day) -> (Day, i32) {
        let day = self.day.parse().unwrap_or(today);
        if self.is_week() { (day.plus(-(day.0 + 3).rem_euclid(7)), 7) } else { (day, 1) }
    }

    fn at(&self, day: Day) -> String {
        let day = day.to_string();
        address(
            "/agenda",
            &[
                ("day", &day),
                ("view", &self.view),
                ("by", &self.by),
                ("unit", &self.unit),
                ("person", &self.person),
            ],
        )
    }
}

/// Shows the agenda.
pub async fn show(visitor: Visitor, Query(asked): Query<Asked>) -> Result<Response, Upset> {
    let wanted = asked.clone();
    let found = visitor
        .read(move |conn, service, credential| {
            let span = wanted.days(service.now().day());
            agenda(conn, service, credential, span, wanted.of())
        })
        .await?;
    let desk = &found.desk;
    let (first, days) = asked.days(desk.now.day());
    let mut by_day: BTreeMap<Day, Vec<&Entry>> = BTreeMap::new();
    for n in 0..days {
        by_day.insert(first.plus(n), Vec::new());
    }
    for entry in &found.entries {
        by_day.entry(entry.meeting.span.from.day()).or_default().push(entry);
    }
    let body = html! {
        (filter(&visitor, &found, &asked, first))
        nav class="ways" aria-label=(visitor.say("meeting.days")) {
            a rel="prev" href=(asked.at(first.plus(-days))) { (visitor.say("meeting.earlier")) }
            a href=(asked.at(desk.now.day())) { (visitor.say("meeting.today")) }
            a rel="next" href=(asked.at(first.plus(days))) { (visitor.say("meeting.later")) }
        }
        @if found.rooms.is_empty() && asked.by_room() { (empty_of(&visitor, "meeting.no-rooms")) }
        div class="agenda" {
            @for (day, entries) in &by_day { (of_day(&visitor, &found, (*day, entries), &asked)) }
        }
        p class="buttons" { a class="button" href="/rooms" { (visitor.say("meeting.rooms-and-duty")) } }
    };
    let title = match found.person {
        Some(who) => format!("{} · {}", visitor.say("page.nav-agenda"), person(desk, who)),
        None => visitor.say("page.nav-agenda"),
    };
    Ok(Frame::of(&visitor, desk, &title, "agenda").show(&body))
}

/// The day of the week, from Monday.
fn weekday(visitor: &Visitor, day: Day) -> String {
    visitor.say(&format!("meeting.weekday-{}", (day.0 + 3).rem_euclid(7) + 1))
}

fn of_day(
    visitor: &Visitor,
    found: &Agenda,
    (day, entries): (Day, &[&Entry]),
    asked: &Asked,
) -> Markup {
    let today = day == found.desk.now.day();
    html! {
        section class="sheet" aria-current=[today.then_some("date")] {
            h2 { span class="number" { (day) } " " span class="soft" { (weekday(visitor, day)) } }
            @if entries.is_empty() { p class="soft small" { (visitor.say("meeting.free")) } }
            @else if asked.by_room() {
                @for room in found.rooms.iter().filter(|r| entries.iter().any(|e| e.meeting.room == Some(r.id))) {
                    h3 { (room.name) }
                    ul class="times" {
                        @for entry in entries.iter().filter(|e| e.meeting.room == Some(room.id)) { (line(visitor, found, entry, false)) }
                    }
                }
            } @else {
                ul class="times" { @for entry in entries { (line(visitor, found, entry, true)) } }
            }
        }
    }
}

fn line(visitor: &Visitor, found: &Agenda, entry: &Entry, with_place: bool) -> Markup {
    let (m, desk) = (&entry.meeting, &found.desk);
    let room = found.rooms.iter().find(|r| Some(r.id) == m.room).map(|r: &Room| r.name.as_str());
    html! {
        li {
            span class="number" { strong { (hours(m.span)) } } " "
            @match &entry.about {
                None => { span class="soft" { (visitor.say("meeting.busy")) } }
                Some((matter, seats)) => {
                    a href=(path(&matter.code.to_string(), m.id)) { (matter.title) }
                    @if matter.sealed { " " span class="tag red" { (visitor.say("page.sealed")) } }
                    div class="small soft" {
                        (sort_label(desk, &m.sort, &visitor.locale))
                        @if with_place { @if let Some(place) = room.or(m.venue.as_deref()) { " · " (place) } }
                        @if m.stage == store::meetings::Stage::Held { " · " (visitor.say("meeting.stage-held")) }
                    }
                    div class="small soft" {
                        @for (n, seat) in seats.iter().filter(|s| s.is_kept()).enumerate() {
                            @if n > 0 { "、" } (person(desk, seat.person))
                        }
                    }
                }
            }
        }
    }
}

/// The people whose agenda the visitor may look at: those at the own units.
fn colleagues(desk: &Desk) -> Vec<(PersonId, String)> {
    let today = desk.now.day();
    let mut all = vec![(desk.who.person, person(desk, desk.who.person).to_owned())];
    for post in desk.posts() {
        for who in desk.roster.org.staff(post.unit) {
            let works = desk.roster.org.posts_at(*who, post.unit, today).next().is_some();
            if works && !all.iter().any(|(p, _)| p == who) {
                all.push((*who, person(desk, *who).to_owned()));
            }
        }
    }
    all
}

/// The units that have rooms, each once.
fn with_rooms(desk: &Desk, rooms: &[Room]) -> Vec<(String, String)> {
    let mut all: Vec<(String, String)> = Vec::new();
    for room in rooms {
        let name = desk.roster.org.unit(room.unit).map_or("", |u| u.name.as_str());
        if !all.iter().any(|(id, _)| *id == room.unit.to_string()) {
            all.push((room.unit.to_string(), name.to_owned()));
        }
    }
    all
}

fn filter(visitor: &Visitor, found: &Agenda, asked: &Asked, first: Day) -> Markup {
    let say = |key: &str| visitor.say(key);
    let option = |value: &str, label: &str, on: bool| html! { option value=(value) selected[on] { (label) } };
    let desk = &found.desk;
    let units = with_rooms(desk, &found.rooms);
    let alone = !asked.unit.is_empty() && !units.iter().any(|(id, _)| *id == asked.unit);
    html! {
        form class="sheet filters" method="get" action="/agenda" data-instant {
            div class="field" { label for="day" { (say("meeting.day")) } input id="day" name="day" type="date" value=(first); }
            div class="field" {
                label for="view" { (say("meeting.view")) }
                select id="view" name="view" {
                    (option("week", &say("meeting.week"), asked.is_week()))
                    (option("day", &say("meeting.one-day"), !asked.is_week()))
                }
            }
            div class="field" {
                label for="by" { (say("meeting.by")) }
                select id="by" name="by" {
                    (option("person", &say("meeting.by-person"), !asked.by_room()))
                    (option("room", &say("meeting.by-room"), asked.by_room()))
                }
            }
            @if asked.by_room() {
                div class="field" {
                    label for="unit" { (say("meeting.unit")) }
                    select id="unit" name="unit" {
                        (option("", &say("page.all"), asked.unit.is_empty()))
                        @for (id, name) in &units { (option(id, name, *id == asked.unit)) }
                        @if alone { (option(&asked.unit, &asked.unit, true)) }
                    }
                }
            } @else {
                div class="field" {
                    label for="person" { (say("page.person")) }
                    select id="person" name="person" {
                        @for (id, name) in colleagues(desk) { (option(&id.to_string(), &name, found.person == Some(id))) }
                    }
                }
            }
            button { (say("page.filter")) }
        }
    }
}
