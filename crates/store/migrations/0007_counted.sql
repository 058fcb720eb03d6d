-- What stands behind a count: which matters added to it, at which unit. Written where counts are folded.
create table counted (
    county      bigint  not null,
    kind        {text}  not null,
    measure     {text}  not null,
    month       bigint  not null,
    matter      bigint  not null,
    unit        bigint  not null,
    n           bigint  not null,
    primary key (county, kind, measure, month, matter, unit)
){keyed};
