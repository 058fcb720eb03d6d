-- Counts are read kind by kind, and many months of a measure are added up: the kind leads, so that no
-- reading meets the counts of other kinds, and the month comes last, so that a sum is one walk.
alter table tally rename to tally_by_part;

create table tally (
    county      bigint  not null,
    unit        bigint  not null,
    kind        {text}  not null,
    part        {text}  not null,
    measure     {text}  not null,
    month       bigint  not null,
    n           bigint  not null,
    primary key (county, unit, kind, part, measure, month)
){keyed};

insert into tally (county, unit, kind, part, measure, month, n)
    select county, unit, kind, part, measure, month, n from tally_by_part;

drop table tally_by_part;
