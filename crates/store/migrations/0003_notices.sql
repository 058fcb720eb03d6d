-- What people are told, and how it leaves the house. A notice names its template and what fills it; a
-- delivery holds the words as they go out, which name nobody, and the address, sealed, for as long as it
-- is needed.
create table notice (
    county      bigint  not null,
    person      bigint  not null,
    at          bigint  not null,
    id          bigint  not null,
    template    {text}  not null,
    facts       {text}  not null,
    read_at     bigint,
    primary key (county, person, at, id)
){keyed};

create index notice_unread on notice (county, person, at, id) where read_at is null;
create index notice_age on notice (county, at);

create table contact (
    county      bigint  not null,
    person      bigint  not null,
    channel     {text}  not null,
    address     {text}  not null,
    primary key (county, person, channel)
){keyed};

create table delivery (
    county      bigint  not null,
    id          bigint  not null,
    channel     {text}  not null,
    template    {text}  not null,
    matter      bigint  not null,
    person      bigint,
    party       bigint,
    address     {text}  not null,
    subject     {text}  not null,
    body        {text}  not null,
    urgent      bigint  not null,
    state       {text}  not null,
    tries       bigint  not null,
    next_at     bigint  not null,
    created_at  bigint  not null,
    ended_at    bigint,
    primary key (county, id)
);

create index delivery_due on delivery (county, next_at, id) where state = 'waiting';
create index delivery_log on delivery (county, state, channel, created_at, id);
create index delivery_age on delivery (county, created_at);

create table delivery_try (
    county      bigint  not null,
    delivery    bigint  not null,
    no          bigint  not null,
    at          bigint  not null,
    failure     {text},
    primary key (county, delivery, no)
){keyed};

create index delivery_try_age on delivery_try (county, at);
