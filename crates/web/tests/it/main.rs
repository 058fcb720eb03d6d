//! The API on both databases: whole lives of matters, every sort of refusal, who sees and does what.
//! Every answer is held against the description of the API by the client itself.

mod access;
mod desk;
mod figures;
mod keys;
mod life;
mod meetings;
mod meetings_api;
mod notices;
mod pages;
mod paper_pages;
mod papers;
mod privacy;
mod problems;
mod registers;
mod scene;
mod session;
mod staff;
mod surface;
mod third_kind;
