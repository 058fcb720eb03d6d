//! A bound on everything that comes in.

use std::time::Duration;

/// The largest JSON body, in bytes.
pub const BODY_BYTES: usize = 1 << 20;
/// How long the headers of a request may take to arrive.
pub const HEADERS_WITHIN: Duration = Duration::from_secs(10);
/// How long the body of a request may take to arrive.
pub const BODY_WITHIN: Duration = Duration::from_secs(15);
/// How long an answer may wait for the client to read any of it.
pub const READ_WITHIN: Duration = Duration::from_secs(10);
/// How long a whole request may take, body included.
pub const REQUEST_WITHIN: Duration = Duration::from_secs(30);
/// How many connections may be open at once.
pub const CONNECTIONS: usize = 20_000;
/// How many passwords are checked at once; each takes 19 MiB.
pub const PASSWORD_CHECKS: usize = 2;
/// How many papers are printed, or files sealed, at once.
pub const PRESSES: usize = 2;
/// How many papers that do not exist somebody may ask for in a row, and how long nothing more is
/// answered then, ms; as with passwords (GB/T 22239-2019, 8.1.4.1 b).
pub const GUESSES: (u32, i64) = (10, 15 * 60_000);
/// How long a server that stops waits for requests under way.
pub const DRAIN_WITHIN: Duration = Duration::from_secs(10);
/// The longest key of a repeated request, in characters.
pub const KEY_CHARS: usize = 200;
/// How many rows a page has where nothing is said, and at most.
pub const ROWS: (i64, i64) = (20, 200);
