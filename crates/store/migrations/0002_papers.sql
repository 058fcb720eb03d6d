-- Papers that were made out, and files. What they say lies on the disk, by its digest; here stands
-- what it is of.

create table paper (
    county      bigint  not null,
    code        bigint  not null,
    matter      bigint  not null,
    document    {text}  not null,
    number      {text}  not null,
    unit        bigint  not null,
    value       {text}  not null,
    digest      {blob}  not null,
    edition     {text}  not null,
    print       {blob},
    issued_at   bigint  not null,
    issued_by   bigint  not null,
    primary key (county, code)
);

create table file (
    county      bigint  not null,
    matter      bigint  not null,
    no          bigint  not null,
    digest      {blob}  not null,
    bytes       bigint  not null,
    media       {text}  not null,
    name        {text}  not null,
    added_at    bigint  not null,
    added_by    bigint  not null,
    primary key (county, matter, no)
);
