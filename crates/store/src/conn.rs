//! A connection inside a transaction or a read: what the statements run on.

use std::collections::HashMap;

use crate::dialect::Dialect;
use crate::{Row, Sql, StoreError, V};

/// Work that waits for the commit.
pub(crate) type AfterCommit = Box<dyn FnOnce() + Send>;

/// A connection. Writers hand it to closures inside a transaction, readers outside one.
pub struct Conn {
    inner: Inner,
    after_commit: Vec<AfterCommit>,
    /// Set by a statement that lost against another transaction.
    must_retry: bool,
    /// Set by a statement that could not reach the server: the connection is of no more use.
    lost: bool,
    /// Set by a statement for which there was no room on the disk.
    no_room: bool,
    /// Ids drawn in this transaction; they are shared with others only once it is durable.
    pub(crate) drawn: Option<crate::ids::Drawn>,
}

enum Inner {
    Sqlite(rusqlite::Connection),
    Postgres { client: Box<postgres::Client>, prepared: HashMap<usize, postgres::Statement> },
}

type Answer<T> = Result<T, StoreError>;

impl Conn {
    pub(crate) fn sqlite(connection: rusqlite::Connection) -> Self {
        connection.set_prepared_statement_cache_capacity(256);
        Self::over(Inner::Sqlite(connection))
    }

    pub(crate) fn postgres(client: postgres::Client) -> Self {
        Self::over(Inner::Postgres { client: Box::new(client), prepared: HashMap::new() })
    }

    fn over(inner: Inner) -> Self {
        Self {
            inner,
            after_commit: Vec::new(),
            must_retry: false,
            lost: false,
            no_room: false,
            drawn: None,
        }
    }

    /// The engine behind it.
    #[must_use]
    pub fn dialect(&self) -> Dialect {
        match self.inner {
            Inner::Sqlite(_) => Dialect::Sqlite,
            Inner::Postgres { .. } => Dialect::Postgres,
        }
    }

    /// Runs a statement; answers with the number of rows it changed.
    pub(crate) fn execute(&mut self, sql: &Sql, params: &[V<'_>]) -> Answer<usize> {
        let changed = match &mut self.inner {
            Inner::Sqlite(c) => sqlite_execute(c, sql, params),
            Inner::Postgres { client, prepared } => postgres_execute(client, prepared, sql, params),
        };
        self.marked(changed)
    }

    /// Runs a statement and reads each row.
    pub(crate) fn query<T>(
        &mut self,
        sql: &Sql,
        params: &[V<'_>],
        mut read: impl FnMut(&Row<'_>) -> Answer<T>,
    ) -> Answer<Vec<T>> {
        let mut all = Vec::new();
        self.each(sql, params, |row| {
            all.push(read(row)?);
            Ok(())
        })?;
        Ok(all)
    }

    /// Runs a statement and reads its first row, if there is one.
    pub(crate) fn first<T>(
        &mut self,
        sql: &Sql,
        params: &[V<'_>],
        read: impl FnMut(&Row<'_>) -> Answer<T>,
    ) -> Answer<Option<T>> {
        self.query(sql, params, read).map(|rows| rows.into_iter().next())
    }

    /// Runs a statement and hands on each row without keeping it.
    pub(crate) fn each(
        &mut self,
        sql: &Sql,
        params: &[V<'_>],
        mut read: impl FnMut(&Row<'_>) -> Answer<()>,
    ) -> Answer<()> {
        let done = match &mut self.inner {
            Inner::Sqlite(c) => sqlite_each(c, sql, params, &mut read),
            Inner::Postgres { client, prepared } => {
                postgres_each(client, prepared, sql, params, &mut read)
            }
        };
        self.marked(done)
    }

    /// Remembers what a failure means for the transaction and the connection.
    pub(crate) fn marked<T>(&mut self, answer: Answer<T>) -> Answer<T> {
        match answer {
            Err(StoreError::Retry) => self.must_retry = true,
            Err(StoreError::Unavailable(_)) => self.lost = true,
            Err(StoreError::Full) => self.no_room = true,
            _ => {}
        }
        answer
    }

    /// Somebody else's transaction was faster: this one is undone and tried again on what is there
    /// now. The embedded engine has one writer and nobody to lose against.
    pub(crate) fn lost(&mut self) {
        self.must_retry = true;
    }

    /// Runs text that is not a registered statement: migrations, transactions, settings.
    pub(crate) fn batch(&mut self, text: &str) -> Answer<()> {
        let done = match &mut self.inner {
            Inner::Sqlite(c) => c.execute_batch(text).map_err(StoreError::from),
            Inner::Postgres { client, .. } => client.batch_execute(text).map_err(StoreError::from),
        };
        self.marked(done)
    }

    /// Begins or ends a read of the embedded engine, without reading the words anew each time.
    pub(crate) fn mark(&mut self, text: &'static str) -> Answer<()> {
        match &mut self.inner {
            Inner::Sqlite(c) => c.prepare_cached(text)?.execute([]).map(drop).map_err(Into::into),
            Inner::Postgres { .. } => self.batch(text),
        }
    }

    /// Prepares a statement without running it: what proves that an engine understands it.
    ///
    /// # Errors
    /// What the engine says against it.
    pub fn prepare(&mut self, sql: &Sql) -> Answer<()> {
        match &mut self.inner {
            Inner::Sqlite(c) => c.prepare(sql.text).map(drop).map_err(StoreError::from),
            Inner::Postgres { client, .. } => {
                client.prepare(&Dialect::postgres(sql)).map(drop).map_err(StoreError::from)
            }
        }
    }

    /// Reads that must agree with each other although others go on writing: all of them see the state
    /// of one moment. For connections of their own, which stand outside every transaction.
    ///
    /// # Errors
    /// What the work answers; failures of the store.
    pub fn snapshot<T, E: From<StoreError>>(
        &mut self,
        work: impl FnOnce(&mut Self) -> Result<T, E>,
    ) -> Result<T, E> {
        self.batch(self.dialect().begin_snapshot())?;
        let answer = work(self);
        self.batch("rollback")?;
        answer
    }

    /// Reads of a reader that must agree with each other although others go on writing. A reader of the
    /// embedded engine always stands in a transaction; one of the server gets it here.
    ///
    /// # Errors
    /// What the work answers; failures of the store.
    pub fn as_at_one_moment<T, E: From<StoreError>>(
        &mut self,
        work: impl FnOnce(&mut Self) -> Result<T, E>,
    ) -> Result<T, E> {
        match self.dialect() {
            Dialect::Sqlite => work(self),
            Dialect::Postgres => self.snapshot(work),
        }
    }

    /// Does something once the transaction is durable, and never if it is not.
    pub fn after_commit(&mut self, work: impl FnOnce() + Send + 'static) {
        self.after_commit.push(Box::new(work));
    }

    pub(crate) fn take_after_commit(&mut self) -> Vec<AfterCommit> {
        self.drawn = None;
        std::mem::take(&mut self.after_commit)
    }

    pub(crate) fn take_must_retry(&mut self) -> bool {
        std::mem::take(&mut self.must_retry)
    }

    /// Whether there was no room on the disk since this was last asked.
    pub(crate) fn take_no_room(&mut self) -> bool {
        std::mem::take(&mut self.no_room)
    }

    /// Whether a transaction is open. SQLite ends one by itself when the disk is full.
    pub(crate) fn in_transaction(&self) -> bool {
        match &self.inner {
            Inner::Sqlite(c) => !c.is_autocommit(),
            Inner::Postgres { .. } => true,
        }
    }

    /// How many rows this connection has changed, those undone again among them. What an embedded
    /// transaction is asked; a server's writers have one act in each.
    pub(crate) fn changes(&self) -> u64 {
        match &self.inner {
            Inner::Sqlite(c) => c.total_changes(),
            Inner::Postgres { .. } => 0,
        }
    }

    pub(crate) fn is_broken(&self) -> bool {
        match &self.inner {
            Inner::Sqlite(_) => false,
            Inner::Postgres { client, .. } => self.lost || client.is_closed(),
        }
    }
}

fn sqlite_execute(c: &rusqlite::Connection, sql: &Sql, params: &[V<'_>]) -> Answer<usize> {
    Ok(c.prepare_cached(sql.text)?.execute(rusqlite::params_from_iter(params))?)
}

fn sqlite_each(
    c: &rusqlite::Connection,
    sql: &Sql,
    params: &[V<'_>],
    read: &mut dyn FnMut(&Row<'_>) -> Answer<()>,
) -> Answer<()> {
    let mut statement = c.prepare_cached(sql.text)?;
    let mut rows = statement.query(rusqlite::params_from_iter(params))?;
    while let Some(row) = rows.next()? {
        read(&Row::Sqlite(row))?;
    }
    Ok(())
}

type Prepared = HashMap<usize, postgres::Statement>;

fn prepared<'p>(
    client: &mut postgres::Client,
    prepared: &'p mut Prepared,
    sql: &Sql,
) -> Answer<&'p postgres::Statement> {
    // The text of a registered statement is a constant, so its address names it.
    let key = sql.text.as_ptr() as usize;
    if let std::collections::hash_map::Entry::Vacant(vacant) = prepared.entry(key) {
        vacant.insert(client.prepare(&Dialect::postgres(sql))?);
    }
    prepared.get(&key).ok_or_else(|| StoreError::Engine("a statement was lost".into()))
}

fn postgres_execute(
    client: &mut postgres::Client,
    cache: &mut Prepared,
    sql: &Sql,
    params: &[V<'_>],
) -> Answer<usize> {
    let statement = prepared(client, cache, sql)?.clone();
    let params: Vec<&(dyn postgres::types::ToSql + Sync)> = params.iter().map(|p| p as _).collect();
    Ok(client.execute(&statement, &params)? as usize)
}

fn postgres_each(
    client: &mut postgres::Client,
    cache: &mut Prepared,
    sql: &Sql,
    params: &[V<'_>],
    read: &mut dyn FnMut(&Row<'_>) -> Answer<()>,
) -> Answer<()> {
    use postgres::fallible_iterator::FallibleIterator;
    let statement = prepared(client, cache, sql)?.clone();
    let params: Vec<&(dyn postgres::types::ToSql + Sync)> = params.iter().map(|p| p as _).collect();
    let mut rows = client.query_raw(&statement, params)?;
    while let Some(row) = rows.next()? {
        read(&Row::Postgres(&row))?;
    }
    Ok(())
}
