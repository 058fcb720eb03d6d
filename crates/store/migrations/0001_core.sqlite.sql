-- Differs from PostgreSQL because SQLite keeps its inverted index in a virtual table. The row id is
-- the county and the matter in one number, so that a county's entries are one range of it.
create virtual table search using fts5(
    tokens, content = '', contentless_delete = 1, detail = 'none', tokenize = 'ascii'
);

-- Pieces of the index are merged eight at a time, not four: each entry is written again less often, and a search still looks at few
-- pieces. The second bound is never reached by entries that come in batches.
insert into search (search, rank) values ('automerge', 8);
insert into search (search, rank) values ('crisismerge', 32);
