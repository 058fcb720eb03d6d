-- Rooms, who is on duty, meetings with their seats, and the tasks that come out of them.

create table room (
    county      bigint  not null,
    id          bigint  not null,
    unit        bigint  not null,
    name        {text}  not null,
    holds       bigint  not null,
    ended_on    bigint,
    primary key (county, id)
){keyed};

create unique index room_name on room (county, unit, name);

create table duty (
    county      bigint  not null,
    id          bigint  not null,
    person      bigint  not null,
    role        {text}  not null,
    unit        bigint  not null,
    from_on     bigint  not null,
    until_on    bigint  not null,
    primary key (county, id)
){keyed};

create unique index duty_person on duty (county, person, role, unit, from_on);
create index duty_until on duty (county, until_on, from_on);

create table meeting (
    county      bigint  not null,
    id          bigint  not null,
    matter      bigint  not null,
    sort        {text}  not null,
    unit        bigint  not null,
    room        bigint,
    venue       {text},
    from_at     bigint  not null,
    until_at    bigint  not null,
    state       {text}  not null,
    called_by   bigint  not null,
    called_at   bigint  not null,
    event       bigint,
    version     bigint  not null,
    primary key (county, id)
){keyed};

create index meeting_matter on meeting (county, matter, from_at);
create index meeting_from on meeting (county, from_at, id);

create table seat (
    county      bigint  not null,
    meeting     bigint  not null,
    no          bigint  not null,
    seat        {text}  not null,
    person      bigint  not null,
    role        {text}  not null,
    unit        bigint  not null,
    signs       bigint  not null,
    recusal     bigint  not null,
    attended    bigint,
    recused_at  bigint,
    ground      {text},
    primary key (county, meeting, no)
){keyed};

create index seat_person on seat (county, person, meeting);

-- A quarter of an hour of a room or a person belongs to one meeting: the key lets no other in.
create table slot (
    county      bigint  not null,
    whose       {text}  not null,
    id          bigint  not null,
    at          bigint  not null,
    meeting     bigint  not null,
    primary key (county, whose, id, at)
){keyed};

create index slot_meeting on slot (county, meeting);

create table caucus (
    county      bigint  not null,
    meeting     bigint  not null,
    id          bigint  not null,
    person      bigint  not null,
    at          bigint  not null,
    body        {text}  not null,
    primary key (county, meeting, id)
);

create table interest (
    county      bigint  not null,
    matter      bigint  not null,
    person      bigint  not null,
    ground      {text}  not null,
    reason      {text}  not null,
    by_person   bigint  not null,
    at          bigint  not null,
    primary key (county, matter, person)
);

create table task (
    county      bigint  not null,
    id          bigint  not null,
    matter      bigint  not null,
    meeting     bigint  not null,
    desk        bigint  not null,
    is_open     bigint  not null,
    due_at      bigint  not null,
    warn_at     bigint  not null,
    body        {text}  not null,
    set_by      bigint  not null,
    set_at      bigint  not null,
    done_at     bigint,
    done_by     bigint,
    note        {text},
    primary key (county, id)
);

create index task_desk on task (county, desk, is_open, due_at, id);
create index task_matter on task (county, matter, id);
create index task_meeting on task (county, meeting, id);
