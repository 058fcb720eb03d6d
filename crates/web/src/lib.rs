//! The product over HTTP. Handlers read a request, hand it to `app`, and render the answer; they
//! hold no SQL and no rule.

mod api;
mod body;
mod caller;
mod guard;
mod guesses;
mod impatient;
mod limits;
mod measure;
mod pages;
mod printed;
mod problem;
mod server;
mod state;
mod upload;
mod view;

pub use api::openapi;
pub use server::{Running, serve};
pub use state::{Options, Web};

/// Every address of the product.
pub fn router(web: &Web) -> axum::Router {
    api::router(web)
}
