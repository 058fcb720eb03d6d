-- Differs from SQLite because PostgreSQL keeps its inverted index as an index over a column.
create table record_search (
    county      bigint   not null,
    record      bigint   not null,
    tokens      tsvector not null,
    primary key (county, record)
);

create index record_search_tokens on record_search using gin (tokens);
