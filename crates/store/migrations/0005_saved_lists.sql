-- Lists that people keep under a name. What is kept is the question, never its answer.
create table saved_list (
    county      bigint  not null,
    person      bigint  not null,
    id          bigint  not null,
    name        {text}  not null,
    question    {text}  not null,
    primary key (county, person, id)
){keyed};
