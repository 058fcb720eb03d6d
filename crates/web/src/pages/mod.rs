//! Pages: the product as people at a desk use it. Every page is whole without scripts; what may be
//! done comes from the engine's offers, what is asked for from the catalogue.

mod admin;
mod assets;
mod figures;
mod files;
mod find;
mod frame;
mod inputs;
mod instalments;
mod intake;
mod lost;
mod matter;
mod meetings;
mod notices;
mod papers;
mod parts;
mod queue;
mod registers;
mod several;
mod sheet;
mod sign;
mod step;
mod styleguide;
mod trail;
mod upset;
mod veil;
mod verify;
mod visitor;
mod work;

use axum::Router;
use axum::routing::{get, post};

use crate::state::Web;
pub(crate) use lost::{lost, or_lost};
pub(crate) use veil::unveil;
pub(crate) use visitor::LANGUAGE_COOKIE;

/// Every page.
pub(crate) fn routes() -> Router<Web> {
    Router::new()
        .route("/", get(work::show))
        .route("/sign-in", get(sign::show).post(sign::sign_in))
        .route("/sign-out", post(sign::sign_out))
        .route("/language", post(sign::language))
        .route("/matters", get(queue::show).post(several::act))
        .route("/lists", post(several::keep))
        .route("/lists/{id}/end", post(several::forget))
        .route("/intake", get(intake::show).post(intake::take))
        .route("/intake/hints", post(intake::suggest))
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
        .route("/catalogue", get(admin::kinds))
        .route("/catalogue/{kind}", get(admin::kind))
        .route("/calendars", get(admin::calendars))
        .route("/units", get(admin::units))
        .route("/staff", post(admin::take_on))
        .route("/posts", post(admin::give))
        .route("/posts/{post}/end", post(admin::end))
        .route("/log", get(admin::log))
        .route("/log/readings", get(admin::readings))
        .route("/state", get(admin::state))
        .route("/deliveries", get(admin::deliveries))
        .route("/deliveries/{id}/again", post(admin::deliver_again))
        .route("/notices", get(notices::show))
        .route("/notices/read", post(notices::read))
        .route("/notices/addresses", get(notices::addresses).post(notices::set_address))
        .route("/styleguide", get(styleguide::show))
        .route("/wall", get(figures::wall))
        .route("/tallies", get(figures::show))
        .route("/tallies/matters", get(figures::behind))
        .route("/tallies.xlsx", get(figures::workbook))
        .route("/matters.xlsx", get(sheet::show))
        .route("/reports/{report}", get(figures::report))
        .route("/reports/{report}/xlsx", get(figures::report_workbook))
        .route("/assets/{digest}/{name}", get(assets::asset))
        .merge(meetings::routes())
        .merge(registers::routes())
}
