//! In which relations a post stands to a matter, and which actions that opens.

use crate::kind::{Action, Relation};
use crate::matter::Matter;
use crate::org::{Org, Post};

/// The relations in which a post stands to a matter.
#[must_use]
pub fn relations(post: &Post, matter: &Matter, org: &Org) -> Vec<Relation> {
    let mut all = vec![Relation::Door];
    let mut add = |relation: Relation, holds: bool| {
        if holds {
            all.push(relation);
        }
    };
    let at_holder = post.unit == matter.holder;
    add(Relation::Holder, at_holder);
    let handles = matter.handler == Some(post.person) || matter.assistants.contains(&post.person);
    add(Relation::Handler, at_holder && handles);
    add(Relation::Above, !at_holder && org.is_within(matter.holder, post.unit));
    add(Relation::Registrar, post.unit == matter.registrar);
    add(Relation::Called, matter.callouts.iter().any(|c| c.is_open() && c.unit == post.unit));
    add(Relation::Caller, matter.callouts.iter().any(|c| c.by == post.unit));
    all
}

/// Whether a post in these relations may take an action.
#[must_use]
pub fn may_take(action: &Action, role: &str, relations: &[Relation]) -> bool {
    relations
        .iter()
        .any(|r| action.by.get(r).is_some_and(|roles| roles.iter().any(|t| t.text == role)))
}

/// The posts of a person that may take an action on a matter, in order.
#[must_use]
pub fn takers<'p>(
    posts: &[&'p Post],
    action: &Action,
    matter: &Matter,
    org: &Org,
) -> Vec<&'p Post> {
    let may = |post: &&&Post| may_take(action, &post.role, &relations(post, matter, org));
    posts.iter().filter(may).copied().collect()
}
