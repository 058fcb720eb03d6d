//! Searching, and suggesting what a text is about. Both take what is looked for in the body: names
//! and telephone numbers have no place in an address.
