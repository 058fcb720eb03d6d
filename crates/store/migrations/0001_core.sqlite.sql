-- Differs from PostgreSQL because SQLite keeps its inverted index in a virtual table. The row id is
-- the county and the matter in one number, so that a county's entries are one range of it.
create virtual table search using fts5(
    tokens, content = '', contentless_delete = 1, detail = 'none', tokenize = 'ascii'
);
