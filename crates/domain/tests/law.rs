//! Worked examples of the law and of local rule, on the calendar and the kinds that ship.

mod support;

mod law {
    mod calendar;
    mod catalogue;
    mod holders;
    mod limits;
    mod mediation;
    mod requests;
}
