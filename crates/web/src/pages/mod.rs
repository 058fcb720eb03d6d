//! Pages: the product as people at a desk use it. Every page is whole without scripts; what may be
//! done comes from the engine's offers, what is asked for from the catalogue.

mod assets;
mod counts;
mod files;
mod find;
mod frame;
mod inputs;
mod intake;
mod matter;
mod papers;
mod parts;
mod queue;
mod sign;
mod step;
mod upset;
mod verify;
mod visitor;
mod work;

use axum::Router;
use axum::routing::{get, post};

use crate::state::Web;
pub(crate) use visitor::LANGUAGE_COOKIE;

/// Every page.
pub(crate) fn routes() -> Router<Web> {
    Router::new()
        .route("/", get(work::show))
        .route("/sign-in", get(sign::show).post(sign::sign_in))
        .route("/sign-out", post(sign::sign_out))
        .route("/language", post(sign::language))
        .route("/matters", get(queue::show))
        .route("/intake", get(intake::show).post(intake::take))
        .route("/matters/{code}", get(matter::show))
        .route("/matters/{code}/disclosures", post(matter::open))
        .route("/matters/{code}/acts/{action}", get(step::show).post(step::take))
        .route("/matters/{code}/papers", post(papers::take))
        .route("/matters/{code}/papers/new", get(papers::show))
        .route("/matters/{code}/papers/{paper}", get(papers::pdf))
        .route("/matters/{code}/papers/{paper}/revoke", post(papers::revoke))
        .route("/matters/{code}/papers/{paper}/sign", get(files::sign))
        .route("/matters/{code}/dossier.pdf", get(papers::dossier))
        .route("/matters/{code}/files", post(files::take))
        .route("/matters/{code}/files/{no}", get(files::open))
        .route("/matters/{code}/files/{no}/withdraw", post(files::withdraw))
        .route("/verify", get(verify::ask))
        .route("/verify/{county}/{code}", get(verify::show))
        .route("/search", get(find::show).post(find::find))
        .route("/tallies", get(counts::show))
        .route("/assets/{digest}/{name}", get(assets::asset))
}
