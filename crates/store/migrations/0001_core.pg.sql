-- Differs from SQLite because PostgreSQL keeps its inverted index as an index over a column.
create table search (
    county      bigint   not null,
    matter      bigint   not null,
    tokens      tsvector not null,
    primary key (county, matter)
);

create index search_tokens on search using gin (tokens);
