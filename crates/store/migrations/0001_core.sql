-- The tables of a county. {text} is compared byte by byte on both engines, {keyed} stores a row in
-- its primary key. Every key begins with the county, so that the tables can be distributed by it.

create table county (
    county      bigint  not null primary key,
    name        {text}  not null,
    org_version bigint  not null,
    catalogue   {text}  not null,
    calendar    {text}  not null,
    created_at  bigint  not null
){keyed};

create table unit (
    county      bigint  not null,
    id          bigint  not null,
    parent      bigint,
    level       {text}  not null,
    office      {text},
    name        {text}  not null,
    place       {text}  not null,
    holds       bigint  not null,
    code_system {text}  not null,
    since       bigint  not null,
    until       bigint,
    primary key (county, id)
){keyed};

create table person (
    county      bigint  not null,
    id          bigint  not null,
    name        {text}  not null,
    phone       {text},
    created_at  bigint  not null,
    primary key (county, id)
){keyed};

create table post (
    county      bigint  not null,
    id          bigint  not null,
    person      bigint  not null,
    role        {text}  not null,
    unit        bigint  not null,
    since       bigint  not null,
    until       bigint,
    primary key (county, id)
){keyed};

create table account (
    county       bigint  not null,
    login        {text}  not null,
    person       bigint  not null,
    password     {text}  not null,
    changed_at   bigint  not null,
    failures     bigint  not null,
    locked_until bigint,
    ended_at     bigint,
    primary key (county, login)
){keyed};

create unique index account_person on account (county, person);

create table session (
    county      bigint  not null,
    digest      {blob}  not null,
    person      bigint  not null,
    csrf        {text}  not null,
    created_at  bigint  not null,
    seen_at     bigint  not null,
    expires_at  bigint  not null,
    primary key (county, digest)
){keyed};

create index session_person on session (county, person);

create table token (
    county      bigint  not null,
    digest      {blob}  not null,
    person      bigint  not null,
    label       {text}  not null,
    created_at  bigint  not null,
    expires_at  bigint  not null,
    ended_at    bigint,
    primary key (county, digest)
){keyed};

create index token_person on token (county, person);

create table kind_version (
    county      bigint  not null,
    kind        {text}  not null,
    version     bigint  not null,
    digest      {text}  not null,
    body        {text}  not null,
    primary key (county, kind, version)
);

create table data_key (
    county      bigint  not null,
    no          bigint  not null,
    suite       {text}  not null,
    wrapped     {text}  not null,
    created_at  bigint  not null,
    primary key (county, no)
){keyed};

create table id_block (
    county      bigint  not null primary key,
    next        bigint  not null
){keyed};

create table number (
    county      bigint  not null,
    kind        {text}  not null,
    unit        bigint  not null,
    year        bigint  not null,
    last        bigint  not null,
    primary key (county, kind, unit, year)
){keyed};

create table matter (
    county        bigint  not null,
    id            bigint  not null,
    code          bigint  not null,
    kind          {text}  not null,
    kind_version  bigint  not null,
    state         {text}  not null,
    phase         {text}  not null,
    holder        bigint  not null,
    handler       bigint,
    place         bigint  not null,
    category      {text},
    title         {text}  not null,
    sealed        bigint  not null,
    registered_at bigint  not null,
    due_at        bigint,
    warn_at       bigint,
    closed_at     bigint,
    fire_at       bigint,
    estimated     bigint  not null,
    version       bigint  not null,
    head          {blob}  not null,
    body          {text}  not null,
    primary key (county, id)
);

create unique index matter_code on matter (county, code);
create index matter_fire on matter (county, fire_at) where fire_at is not null;
create index matter_estimated on matter (county, id) where estimated = 1;

create table event (
    county      bigint  not null,
    matter      bigint  not null,
    seq         bigint  not null,
    recorded_at bigint  not null,
    hash        {blob}  not null,
    body        {text}  not null,
    primary key (county, matter, seq)
);

create index event_recorded on event (county, recorded_at, matter, seq);

create table worklist (
    county      bigint  not null,
    desk        bigint  not null,
    lane        {text}  not null,
    bucket      {text}  not null,
    sort        bigint  not null,
    matter      bigint  not null,
    primary key (county, desk, lane, bucket, sort, matter)
){keyed};

create table tally (
    county      bigint  not null,
    unit        bigint  not null,
    part        {text}  not null,
    month       bigint  not null,
    kind        {text}  not null,
    measure     {text}  not null,
    n           bigint  not null,
    primary key (county, unit, part, month, kind, measure)
){keyed};

create table tally_delta (
    county      bigint  not null,
    matter      bigint  not null,
    seq         bigint  not null,
    body        {text}  not null,
    primary key (county, matter, seq)
){keyed};

create table search_pending (
    county      bigint  not null,
    matter      bigint  not null,
    version     bigint  not null,
    tokens      {text}  not null,
    primary key (county, matter)
);

create table outbox (
    county      bigint  not null,
    at          bigint  not null,
    matter      bigint  not null,
    seq         bigint  not null,
    action      {text}  not null,
    primary key (county, at, matter, seq)
){keyed};

create table idempotency (
    county      bigint  not null,
    person      bigint  not null,
    key         {text}  not null,
    digest      {blob}  not null,
    status      bigint  not null,
    answer      {text}  not null,
    at          bigint  not null,
    primary key (county, person, key)
);

create table read_log (
    county      bigint  not null,
    at          bigint  not null,
    nonce       bigint  not null,
    matter      bigint  not null,
    person      bigint  not null,
    unit        bigint  not null,
    role        {text}  not null,
    fields      {text}  not null,
    purpose     {text}  not null,
    primary key (county, at, nonce)
){keyed};

create index read_log_matter on read_log (county, matter, at, nonce);

create table anchor (
    county      bigint  not null,
    day         bigint  not null,
    events      bigint  not null,
    reads       bigint  not null,
    root        {blob}  not null,
    at          bigint  not null,
    primary key (county, day)
){keyed};

create table lease (
    county      bigint  not null,
    name        {text}  not null,
    owner       {text}  not null,
    until       bigint  not null,
    primary key (county, name)
){keyed};

create table classifier (
    county      bigint  not null,
    kind        {text}  not null,
    trained_at  bigint  not null,
    body        {text}  not null,
    primary key (county, kind)
);

create table audit (
    county      bigint  not null,
    at          bigint  not null,
    nonce       bigint  not null,
    person      bigint,
    action      {text}  not null,
    detail      {text}  not null,
    primary key (county, at, nonce)
){keyed};
