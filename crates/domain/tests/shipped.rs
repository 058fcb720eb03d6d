//! The catalogue that ships is sound.

mod support;

#[test]
fn the_shipped_catalogue_has_no_finding() {
    support::loaded(&support::shipped());
}
