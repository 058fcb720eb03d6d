//! Every mistake in a county's files is found in one run, and named by file, line and rule.

mod support;

mod check {
    mod beside;
    mod cases;
    mod edit;
    mod mutation;
    mod registers;
    mod rules;
}
