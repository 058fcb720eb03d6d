//! What the engine promises whatever a kind declares, one small life at a time.

mod support;

mod engine {
    mod callouts;
    mod clocks;
    mod consent;
    mod endings;
    mod holder;
    mod papers;
    mod posts;
    mod promises;
    mod split;
}
