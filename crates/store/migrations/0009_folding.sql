-- How often counts were folded: whoever keeps what was read of them knows by this whether it still holds.
create table folding (
    county      bigint  not null primary key,
    times       bigint  not null
){keyed};
