-- Differs from PostgreSQL because SQLite keeps its inverted index in a virtual table; as that of matters.
create virtual table record_search using fts5(
    tokens, content = '', contentless_delete = 1, detail = 'none', tokenize = 'ascii'
);

insert into record_search (record_search, rank) values ('automerge', 8);
