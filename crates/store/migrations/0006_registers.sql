-- What a county keeps lists of. A record's id is drawn from the same numbers as a matter's. Its row is the
-- fold of its events; keys, links, tallies and the search entry are made from it.
create table record (
    county      bigint  not null,
    id          bigint  not null,
    register    {text}  not null,
    unit        bigint  not null,
    stage       {text}  not null,
    title       {text}  not null,
    due_on      bigint,
    version     bigint  not null,
    head        {blob}  not null,
    body        {text}  not null,
    primary key (county, id)
);

create index record_list on record (county, register, stage, unit, title, id);
create index record_due on record (county, register, due_on, id) where due_on is not null;

create table record_event (
    county      bigint  not null,
    record      bigint  not null,
    seq         bigint  not null,
    recorded_at bigint  not null,
    hash        {blob}  not null,
    body        {text}  not null,
    primary key (county, record, seq)
);

create index record_event_recorded on record_event (county, recorded_at, record, seq);

-- What no two records that stand say both, as a keyed hash.
create table record_key (
    county      bigint  not null,
    key         {blob}  not null,
    record      bigint  not null,
    primary key (county, key)
){keyed};

-- Which records point to a record.
create table record_link (
    county      bigint  not null,
    target      bigint  not null,
    register    {text}  not null,
    field       {text}  not null,
    record      bigint  not null,
    primary key (county, target, register, field, record)
){keyed};

-- How many records that stand each unit itself has: all of them, and those of each item of a facet.
create table record_tally (
    county      bigint  not null,
    register    {text}  not null,
    measure     {text}  not null,
    unit        bigint  not null,
    n           bigint  not null,
    primary key (county, register, measure, unit)
){keyed};

-- Tables that were handed in; the file lies sealed beside those of matters until it is done with.
create table record_import (
    county      bigint  not null,
    id          bigint  not null,
    register    {text}  not null,
    person      bigint  not null,
    digest      {blob}  not null,
    name        {text}  not null,
    at          bigint  not null,
    done_at     bigint,
    taken       bigint  not null,
    refused     bigint  not null,
    primary key (county, id)
){keyed};
