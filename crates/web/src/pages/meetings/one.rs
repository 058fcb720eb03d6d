//! The page of one meeting: when and where, who sits, what was put on record, a mediator's own notes, the
//! tasks that came of it.

use app::Error;
use app::matters::Look;
use app::meetings::{self as does, Sitting, callable, is_short, sitting};
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use domain::kind::Kind;
use domain::matter::{Event, Value};
use maud::{Markup, html};
use store::meetings::Stage;
use store::seats::Seat;

use super::{path, person, post_label, seat_label, stage_tag, tasks, when};
use crate::pages::frame::Frame;
use crate::pages::parts::{code as grouped, moment, secrets};
use crate::pages::upset::Upset;
use crate::pages::visitor::{Posted, Visitor};

/// Shows a meeting.
pub async fn show(
    visitor: Visitor,
    Path((text, id)): Path<(String, i64)>,
) -> Result<Response, Upset> {
    let (look, found) = visitor.look(&text, move |conn, look| sitting(conn, look, id)).await?;
    let kind = look.kind().map_err(|e| visitor.upset(e))?;
    let shown = Shown { visitor: &visitor, look: &look, found: &found };
    let code = look.matter.code().to_string();
    let body = html! {
        p class="crumbs" {
            a href={ "/matters/" (code) } { (look.matter.registration.title) }
            span class="soft number" { " " (grouped(&code)) }
        }
        (shown.facts())
        (shown.seats())
        @if let Some(event) = &found.event { (shown.record(event, kind)) }
        @if !found.tasks.is_empty() {
            section class="sheet" {
                h2 { (visitor.say("meeting.tasks")) }
                (tasks::list(&visitor, &look.desk, &found.tasks, false))
            }
        }
        (shown.notes())
        (shown.interests())
        (shown.end())
    };
    let title = super::sort_label(&look.desk, &found.meeting.sort, &visitor.locale);
    Ok(Frame::of(&visitor, &look.desk, &title, "agenda").show(&body))
}

struct Shown<'a> {
    visitor: &'a Visitor,
    look: &'a Look,
    found: &'a Sitting,
}

impl Shown<'_> {
    fn own(&self) -> String {
        path(&self.look.matter.code().to_string(), self.found.meeting.id)
    }

    fn planned(&self) -> bool {
        self.found.meeting.stage == Stage::Planned
    }

    /// Whether the visitor may call this sort of meeting about the matter, and so change it.
    fn calls(&self) -> bool {
        callable(self.look).iter().any(|s| s.id.text == self.found.meeting.sort)
    }

    fn facts(&self) -> Markup {
        let (m, desk) = (&self.found.meeting, &self.look.desk);
        let say = |key: &str| self.visitor.say(key);
        let sort = desk.state.catalogue.meetings.sorts.get(&m.sort);
        let short = sort.is_some_and(|s| is_short(desk, s, m.called_at, m.span.from));
        let unit = |id| desk.roster.org.unit(id).map_or("", |u| u.name.as_str()).to_owned();
        html! {
            section class="sheet" {
                dl class="facts" {
                    dt { (say("meeting.when")) } dd class="number" { (when(m.span)) " " (stage_tag(self.visitor, m.stage)) }
                    dt { (say("meeting.where")) }
                    dd {
                        @match (&self.found.room, &m.venue) {
                            (Some(room), _) => { (room.name) " · " (unit(room.unit)) }
                            (None, Some(venue)) => { (venue) }
                            _ => { "—" }
                        }
                    }
                    dt { (say("meeting.called-by")) } dd { (person(desk, m.called_by)) " · " (unit(m.unit)) " · " span class="number" { (moment(&m.called_at.to_string())) } }
                }
                @if short && self.planned() { div class="note care" { p { (say("meeting.short-notice")) } } }
                @if self.planned() && self.calls() {
                    p class="buttons" {
                        @if desk.now >= m.span.from { a class="button go" href={ (self.own()) "/record" } { (say("meeting.record")) } }
                        a class="button" href={ (self.own()) "/change" } { (say("meeting.change")) }
                    }
                }
            }
        }
    }

    fn seats(&self) -> Markup {
        let say = |key: &str| self.visitor.say(key);
        html! {
            section class="sheet" {
                h2 { (say("meeting.panel")) }
                @if self.found.seats.is_empty() { p class="soft" { (say("meeting.nobody")) } }
                @else {
                    ul class="seats" { @for seat in &self.found.seats { (self.seat(seat)) } }
                }
            }
        }
    }

    fn seat(&self, seat: &Seat) -> Markup {
        let (desk, locale) = (&self.look.desk, &self.visitor.locale);
        let sort = desk.state.catalogue.meetings.sorts.get(&self.found.meeting.sort);
        let say = |key: &str| self.visitor.say(key);
        let may = seat.person == desk.who.person || self.calls();
        let ground =
            seat.ground.as_deref().and_then(|g| desk.state.catalogue.meetings.grounds.get(g));
        html! {
            li {
                strong { (person(desk, seat.person)) } " "
                span class="soft" { (post_label(desk, &seat.role, seat.unit, locale)) }
                div class="small" {
                    (seat_label(sort, &seat.seat, locale)) " "
                    @if seat.signs { span class="tag" { (say("meeting.signs")) } " " }
                    @if seat.recusal { span class="tag" { (say("meeting.recusal")) } " " }
                    @match (seat.is_kept(), seat.attended) {
                        (false, _) => {
                            span class="tag" { @match ground {
                                Some(ground) => { (say("meeting.recused")) "：" (ground.label.get(locale)) }
                                None => { (say("meeting.replaced")) }
                            } }
                        }
                        (true, Some(true)) => { span class="tag" { (say("meeting.came")) } }
                        (true, Some(false)) => { span class="tag red" { (say("meeting.did-not-come")) } }
                        (true, None) => {}
                    }
                }
                @if seat.recusal && seat.attended == Some(true) {
                    p class="small soft" { (say("meeting.recusal-later")) }
                }
                @if self.planned() && seat.is_kept() && may { (self.stand_down(seat)) }
            }
        }
    }

    fn stand_down(&self, seat: &Seat) -> Markup {
        let (desk, locale) = (&self.look.desk, &self.visitor.locale);
        let id = format!("seat-{}", seat.no);
        html! {
            details {
                summary class="small" { (self.visitor.say("meeting.recuse")) }
                form method="post" action={ (self.own()) "/seats/" (seat.no) "/end" } {
                    (secrets(&desk.csrf, None))
                    div class="pair" {
                        div class="field" {
                            label for={ (id) "-ground" } { (self.visitor.say("meeting.ground")) }
                            select id={ (id) "-ground" } name="ground" {
                                @for ground in desk.state.catalogue.meetings.grounds.values() {
                                    option value=(ground.id.text) { (ground.label.get(locale)) }
                                }
                            }
                        }
                        div class="field" {
                            label for={ (id) "-reason" } { (self.visitor.say("input.reason")) }
                            input id={ (id) "-reason" } name="reason" maxlength="500" required autocomplete="off";
                        }
                    }
                    button { (self.visitor.say("meeting.recuse")) }
                }
            }
        }
    }

    fn record(&self, event: &Event, kind: &Kind) -> Markup {
        let locale = &self.visitor.locale;
        let item = |field: &domain::kind::Field, id: &str| {
            let list = field.list.as_ref().map_or("", |l| l.as_str());
            let found = self.look.desk.state.catalogue.item(list, id);
            found.map_or(id, |i| i.label.get(locale)).to_owned()
        };
        let told = |name: &str, value: &Value| match (kind.field(name), value) {
            (Some(field), Value::Choice(id)) => Some(item(field, id)),
            (_, Value::Text(text)) => Some(text.clone()),
            _ => None,
        };
        html! {
            section class="sheet" {
                h2 { (self.visitor.say("meeting.minutes-of")) }
                dl class="facts" {
                    @for (name, value) in &event.data {
                        @if let Some(text) = told(name, value) {
                            dt { @match kind.field(name) {
                                Some(field) => { (field.label.get(locale)) }
                                None => { (self.visitor.say(&format!("input.{name}"))) }
                            } }
                            dd { (text) }
                        }
                    }
                    dt { (self.visitor.say("meeting.recorded")) } dd class="number" { (moment(&event.at.to_string())) }
                }
            }
        }
    }

    fn notes(&self) -> Markup {
        let say = |key: &str| self.visitor.say(key);
        html! {
            @if self.found.may_note || !self.found.notes.is_empty() {
                section class="sheet" {
                    h2 { (say("meeting.caucus")) }
                    p class="soft small" { (say("meeting.caucus-hint")) }
                    @for note in &self.found.notes {
                        div class="note" { p class="wrap" { (note.text) } p class="small soft number" { (moment(&note.at.to_string())) } }
                    }
                    @if self.found.may_note {
                        form method="post" action={ (self.own()) "/notes" } {
                            (secrets(&self.look.desk.csrf, None))
                            div class="field" {
                                label for="note" { (say("meeting.caucus-new")) }
                                textarea id="note" name="note" rows="4" maxlength="2000" required {}
                            }
                            button { (say("meeting.keep")) }
                        }
                    }
                }
            }
        }
    }

    fn interests(&self) -> Markup {
        let (desk, locale) = (&self.look.desk, &self.visitor.locale);
        let grounds = &desk.state.catalogue.meetings.grounds;
        html! {
            @if !self.found.interests.is_empty() {
                section class="sheet" {
                    h2 { (self.visitor.say("meeting.interests")) }
                    ul {
                        @for one in &self.found.interests {
                            li {
                                (person(desk, one.person)) "："
                                (grounds.get(&one.ground).map_or(one.ground.as_str(), |g| g.label.get(locale)))
                                " " span class="soft small number" { (moment(&one.at.to_string())) }
                            }
                        }
                    }
                }
            }
        }
    }

    fn end(&self) -> Markup {
        let holds = self.look.desk.posts().iter().any(|p| p.unit == self.look.matter.holder);
        html! {
            @if self.planned() && (self.calls() || holds) {
                section class="sheet" {
                    details {
                        summary { (self.visitor.say("meeting.call-off")) }
                        form method="post" action={ (self.own()) "/end" } {
                            (secrets(&self.look.desk.csrf, None))
                            input type="hidden" name="version" value=(self.found.meeting.version);
                            div class="field" {
                                label for="reason" { (self.visitor.say("input.reason")) }
                                input id="reason" name="reason" maxlength="500" required autocomplete="off";
                            }
                            button { (self.visitor.say("meeting.call-off")) }
                        }
                    }
                }
            }
        }
    }
}

fn back(code: &str, id: i64) -> Response {
    Redirect::to(&path(code, id)).into_response()
}

/// Calls a meeting off.
pub async fn call_off(
    Path((text, id)): Path<(String, i64)>,
    posted: Posted,
) -> Result<Response, Upset> {
    let Posted { visitor, form, .. } = posted;
    let seen = form.get("version").and_then(|v| v.parse().ok()).unwrap_or_default();
    let reason = form.get("reason").unwrap_or_default().to_owned();
    visitor
        .write(move |conn, service, credential| {
            does::call_off(conn, service, credential, (id, seen), &reason)
        })
        .await
        .map_err(|upset| upset.keeping(&form))?;
    Ok(back(&text, id))
}

/// Keeps a mediator's note.
pub async fn note(
    Path((text, id)): Path<(String, i64)>,
    posted: Posted,
) -> Result<Response, Upset> {
    let Posted { visitor, form, .. } = posted;
    let code = text.parse().map_err(|_| visitor.upset(Error::Missing))?;
    let said = form.get("note").unwrap_or_default().to_owned();
    visitor
        .write(move |conn, service, credential| {
            does::note(conn, service, credential, (code, id), &said)
        })
        .await
        .map_err(|upset| upset.keeping(&form))?;
    Ok(back(&text, id))
}

/// Somebody stands down from a seat, or is stood down.
pub async fn recuse(
    Path((text, id, no)): Path<(String, i64, i64)>,
    posted: Posted,
) -> Result<Response, Upset> {
    let Posted { visitor, form, .. } = posted;
    let said = |name: &str| form.get(name).unwrap_or_default().to_owned();
    let (ground, reason) = (said("ground"), said("reason"));
    visitor
        .write(move |conn, service, credential| {
            does::recuse(conn, service, credential, (id, no), (&ground, &reason))
        })
        .await
        .map_err(|upset| upset.keeping(&form))?;
    // Who stood down may see the matter no more: the agenda is always there.
    let still = visitor.look(&text, |_, _| Ok(())).await.is_ok();
    Ok(if still { back(&text, id) } else { Redirect::to("/agenda").into_response() })
}
