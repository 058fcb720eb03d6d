//! Numbers for new things. A county's numbers come in blocks, so that one row is not written for
//! each of them; a number that is drawn and not used leaves a gap and does no harm.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use domain::ids::County;

use crate::sql::statements;
use crate::value::params;
use crate::{Conn, StoreError};

/// How many numbers a block has.
const BLOCK: i64 = 1_000;

statements! {
    /// Takes a block; the first one of a county begins at 1.
    TAKE = "insert into id_block (county, next) values (?1, ?2) \
            on conflict (county) do update set next = id_block.next + ?2 - 1 returning next";
    /// The first number that no block holds.
    NEXT = "select next from id_block where county = ?1";
    /// Numbers below this were used elsewhere (an import, a restore).
    RAISE = "insert into id_block (county, next) values (?1, ?2) \
             on conflict (county) do update set next = case when id_block.next > ?2 then id_block.next else ?2 end";
}

/// The rest of a block: the next number and the first one beyond.
type Block = (i64, i64);

/// A block drawn by a transaction that is not yet durable.
#[derive(Debug, Clone)]
pub struct Drawn(County, Arc<Mutex<Block>>);

/// Numbers of every county that this process has blocks of.
#[derive(Debug, Clone, Default)]
pub struct Ids(Arc<Mutex<HashMap<County, Block>>>);

impl Ids {
    /// The next number of a county.
    ///
    /// # Errors
    /// Where a new block cannot be taken.
    pub fn next(&self, conn: &mut Conn, county: County) -> Result<i64, StoreError> {
        if let Some(Drawn(of, block)) = &conn.drawn
            && *of == county
            && let Some(n) = draw(&mut block.lock().unwrap_or_else(PoisonError::into_inner))
        {
            return Ok(n);
        }
        let shared =
            self.0.lock().unwrap_or_else(PoisonError::into_inner).get_mut(&county).and_then(draw);
        if let Some(n) = shared {
            return Ok(n);
        }
        let end =
            conn.first(&TAKE, params![county, BLOCK + 1], |row| row.int(0))?.unwrap_or(BLOCK + 1);
        let block = Arc::new(Mutex::new((end - BLOCK, end)));
        conn.drawn = Some(Drawn(county, block.clone()));
        let pool = self.0.clone();
        let rest = block.clone();
        conn.after_commit(move || {
            let rest = *rest.lock().unwrap_or_else(PoisonError::into_inner);
            pool.lock().unwrap_or_else(PoisonError::into_inner).insert(county, rest);
        });
        let first = draw(&mut block.lock().unwrap_or_else(PoisonError::into_inner));
        first.ok_or_else(|| StoreError::corrupt("id_block", "an empty block"))
    }
}

fn draw(block: &mut Block) -> Option<i64> {
    (block.0 < block.1).then(|| {
        block.0 += 1;
        block.0 - 1
    })
}

/// The first number that no block of a county holds.
///
/// # Errors
/// Failures of the store.
pub fn unused(conn: &mut Conn, county: County) -> Result<i64, StoreError> {
    Ok(conn.first(&NEXT, params![county], |row| row.int(0))?.unwrap_or(1))
}

/// Never gives out a number below this one.
///
/// # Errors
/// Failures of the store.
pub fn raise(conn: &mut Conn, county: County, next: i64) -> Result<(), StoreError> {
    conn.execute(&RAISE, params![county, next]).map(drop)
}
