//! What a person may do with a matter now, and why not.

use super::command::Setting;
use super::decide::{allowed_now, kind_of};
use super::guards;
use super::inputs::{Asked, asked};
use super::obstacle::Attempt;
use super::refusal::{Refusal, Refused};
use super::state::Matter;
use crate::access::{may_take, sees, takers};
use crate::kind::{Action, Field, FieldType, Kind, Relation};
use crate::org::Post;

/// Something that an action asks for.
#[derive(Debug, Clone)]
pub struct OfferInput<'a> {
    /// Its key in the data.
    pub name: String,
    /// What it takes.
    pub field: FieldType,
    /// Whether the act is refused without it.
    pub required: bool,
    /// The declared field; none for an input of the verb, whose words are `input.<name>`.
    pub declared: Option<&'a Field>,
}

/// An action that one of a person's posts may take on a matter in this state.
#[derive(Debug, Clone)]
pub struct Offer<'a> {
    /// The action.
    pub action: &'a Action,
    /// The post that would act.
    pub post: &'a Post,
    /// What it asks for.
    pub inputs: Vec<OfferInput<'a>>,
    /// Why it would be refused as things stand; what the step says may still change that.
    pub blocked: Option<Refusal>,
}

/// The actions offered to a person with these posts.
///
/// # Errors
/// Where the matter's kind is no longer known.
pub fn offers<'a>(
    setting: Setting<'a>,
    matter: &Matter,
    posts: &[&'a Post],
) -> Result<Vec<Offer<'a>>, Refused> {
    let kind = kind_of(setting, matter)?;
    if !sees(posts, matter, setting.org, setting.catalogue) {
        return Ok(Vec::new());
    }
    let mut offers = Vec::new();
    for action in kind.actions.values().filter(|a| allowed_now(a, matter).is_ok()) {
        let takers = takers(posts, action, matter, setting.org);
        let obstacle = |post: &&Post| Attempt { setting, matter, action, by: post.unit }.obstacle();
        let free = takers.iter().find(|post| obstacle(post).is_none());
        if let Some(post) = free.or(takers.first()) {
            let blocked = guards::standing(action, matter, kind).or_else(|| obstacle(post));
            offers.push(Offer { action, post, inputs: inputs(kind, action), blocked });
        }
    }
    Ok(offers)
}

/// The registering action of a kind, if one of these posts opens its door to it.
#[must_use]
pub fn intake_offer<'a>(kind: &'a Kind, posts: &[&'a Post]) -> Option<Offer<'a>> {
    let action = kind.register()?;
    let post = posts.iter().find(|p| may_take(action, &p.role, &[Relation::Door]))?;
    Some(Offer { action, post, inputs: inputs(kind, action), blocked: None })
}

fn inputs<'a>(kind: &'a Kind, action: &'a Action) -> Vec<OfferInput<'a>> {
    let input = |asked: &Asked<'a>| OfferInput {
        name: asked.name().to_owned(),
        field: asked.field_type(),
        required: asked.required(),
        declared: match asked {
            Asked::Field(field, _) => Some(*field),
            Asked::Input(_) => None,
        },
    };
    asked(kind, action).iter().map(input).collect()
}
