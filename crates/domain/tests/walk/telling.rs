//! Nobody is told of what they do not see, nor of what they did themselves, and nobody twice.

use std::collections::BTreeSet;

use domain::access::sees;
use domain::matter::{By, Event, Matter};
use domain::notice::{Audience, Channel, Reached, tell};
use domain::org::Post;

use super::player::{Book, Told};
use crate::support::County;

pub fn look(
    county: &County,
    before: Option<&Matter>,
    after: &Matter,
    event: &Event,
    book: &mut Book,
) -> Told<()> {
    let (catalogue, org) = (&county.catalogue, &county.org);
    let mut reached = BTreeSet::new();
    for told in tell(catalogue, org, before, after, event, event.at.day()) {
        let name = &told.notice.id.text;
        if !reached.insert(told.to) {
            return Err(format!("{:?} is told twice of one event, by {name}", told.to));
        }
        match told.to {
            Reached::Person(person) => {
                let posts: Vec<&Post> = org.posts(person).iter().collect();
                let let_go = told.notice.audiences().any(|a| a == Audience::Dismissed);
                let saw = let_go && before.is_some_and(|m| sees(&posts, m, org, catalogue));
                if !saw && !sees(&posts, after, org, catalogue) {
                    return Err(format!("{name} tells {person} of what they do not see"));
                }
                if matches!(&event.by, By::Post { person: actor, .. } if *actor == person) {
                    return Err(format!("{name} tells {person} of what they did"));
                }
                *book.seen.entry("told").or_default() += 1;
            }
            Reached::Party(no) => {
                let party = after.parties.iter().find(|p| p.no == no);
                let phone = party.is_some_and(|p| p.details.contains_key("phone"));
                let sms_only = told.notice.words(Channel::Mail).is_none();
                if after.sealed || !phone || !sms_only || told.notice.page.is_some() {
                    return Err(format!("{name} tells a party that it must not tell"));
                }
                *book.seen.entry("party told").or_default() += 1;
            }
        }
        if told.facts.code != after.code() || told.facts.kind != after.kind() {
            return Err(format!("{name} tells of another matter"));
        }
    }
    Ok(())
}
