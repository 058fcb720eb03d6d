//! Every registered statement: both engines understand it, it touches one county only, and it finds
//! its rows by a key.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

use sqlparser::ast::{
    BinaryOperator, Expr, FromTable, Insert, Query, Select, SetExpr, Statement, TableFactor,
    TableObject, TableWithJoins, visit_relations,
};
use sqlparser::dialect::{Dialect as Grammar, PostgreSqlDialect, SQLiteDialect};
use sqlparser::parser::Parser;
use store::{Dialect, Sql, statements_that_serve, upkeep_statements};
use testkit::{Database, Engine, on_both};

/// The statements that are not bound to a county, each with its reason.
pub fn exceptions() -> BTreeMap<String, String> {
    let file: toml::Table = include_str!("../columns.toml").parse().expect("TOML");
    let list = file["unbound"].as_table().expect("exceptions");
    list.iter()
        .map(|(name, why)| (name.clone(), why.as_str().expect("a reason").to_owned()))
        .collect()
}

fn engine_of(database: &Database) -> Dialect {
    match database.engine() {
        Engine::Sqlite => Dialect::Sqlite,
        Engine::Postgres => Dialect::Postgres,
    }
}

on_both! {
    fn every_statement_is_understood(database) {
        let own = engine_of(&database);
        let mut conn = database.open().own_connection().expect("a connection");
        let all = [statements_that_serve(), upkeep_statements()].concat();
        let own: Vec<Sql> = all.into_iter().filter(|sql| sql.only.is_none_or(|only| only == own)).collect();
        assert!(own.len() > 100, "the registry lost statements: {}", own.len());
        for sql in own {
            conn.prepare(&sql).unwrap_or_else(|e| panic!("{}: {e}", sql.name));
        }
    }
}

#[test]
fn names_of_statements_are_unique() {
    let all = [statements_that_serve(), upkeep_statements()].concat();
    let names: BTreeSet<&str> = all.iter().map(|sql| sql.name).collect();
    assert_eq!(names.len(), all.len());
}

fn parsed(sql: &Sql) -> Statement {
    let (grammar, text): (Box<dyn Grammar>, String) = match sql.only {
        Some(Dialect::Sqlite) => (Box::new(SQLiteDialect {}), sql.text.to_owned()),
        _ => (Box::new(PostgreSqlDialect {}), Dialect::postgres(sql)),
    };
    let mut all =
        Parser::parse_sql(&*grammar, &text).unwrap_or_else(|e| panic!("{}: {e}", sql.name));
    assert_eq!(all.len(), 1, "{}", sql.name);
    all.remove(0)
}

#[test]
fn every_statement_that_serves_is_bound_to_one_county() {
    let exceptions = exceptions();
    let mut used = BTreeSet::new();
    for sql in statements_that_serve() {
        let statement = parsed(&sql);
        match bound(&statement) {
            Ok(tables) => {
                let mut touched = 0;
                let _ = visit_relations(&statement, |_| {
                    touched += 1;
                    ControlFlow::<()>::Continue(())
                });
                assert_eq!(tables, touched, "{}: some table was not looked at", sql.name);
                assert!(!exceptions.contains_key(sql.name), "{} needs no exception", sql.name);
            }
            Err(why) => {
                assert!(exceptions.contains_key(sql.name), "{}: {why}\n{}", sql.name, sql.text);
                used.insert(sql.name);
            }
        }
    }
    let unused: Vec<_> = exceptions.keys().filter(|name| !used.contains(name.as_str())).collect();
    assert!(unused.is_empty(), "exceptions for nothing: {unused:?}");
}

/// The rule itself: what it lets pass and what it finds.
#[test]
fn a_statement_that_is_not_bound_is_found() {
    let judge = |text: &'static str| bound(&parsed(&Sql { name: "test", text, only: None }));
    let fine = [
        "select body from matter where county = ?1 and id = ?2",
        "select s.person from session s join account a on a.county = s.county and a.person = s.person where s.county = ?1",
        "select count(*) from (select 1 from worklist where county = ?1 limit ?2) n",
        "insert into unit (county, id) values (?1, ?2) on conflict (county, id) do update set id = ?2",
        "delete from session where county = ?1 and (expires_at < ?2 or seen_at < ?3)",
    ];
    let bad = [
        "select body from matter where id = ?2",
        "select body from matter where county = ?1 or id = ?2",
        "select body from matter where county > ?1",
        "select s.person from session s join account a on a.person = s.person where s.county = ?1",
        "select count(*) from (select 1 from worklist where desk = ?1) n",
        "select month from tally where county = ?1 union all select 0 from tally_delta where unit = ?2",
        "insert into unit (id, county) values (?1, ?2)",
        "insert into unit (county, id) values (?1, ?2) on conflict (id) do update set id = ?2",
        "update unit set name = ?2 where id = ?1",
        "delete from session where digest = ?1",
    ];
    fine.iter().for_each(|text| assert!(judge(text).is_ok(), "{text}: {:?}", judge(text)));
    bad.iter().for_each(|text| assert!(judge(text).is_err(), "{text}"));
}

/// Answers how many tables a statement binds to the county `$1`, or what is wrong.
fn bound(statement: &Statement) -> Result<usize, String> {
    match statement {
        Statement::Query(query) => query_bound(query),
        Statement::Insert(insert) => insert_bound(insert),
        Statement::Update(update) => {
            from_bound(std::slice::from_ref(&update.table), update.selection.as_ref())
        }
        Statement::Delete(delete) => {
            let (FromTable::WithFromKeyword(from) | FromTable::WithoutKeyword(from)) = &delete.from;
            from_bound(from, delete.selection.as_ref())
        }
        other => Err(format!("{other} is none of the known sorts")),
    }
}

fn insert_bound(insert: &Insert) -> Result<usize, String> {
    let TableObject::TableName(_) = &insert.table else { return Err("no table".into()) };
    let first = insert.columns.first().map(ToString::to_string);
    let values = insert.source.as_ref().map(|q| q.body.as_ref());
    let Some(SetExpr::Values(values)) = values else { return Err("no values".into()) };
    let is_first = values.rows.iter().all(|row| row.first().is_some_and(is_county_parameter));
    if first.as_deref() != Some("county") || !is_first {
        return Err("the county is not the first value".into());
    }
    match insert.on.as_ref().map(ToString::to_string) {
        Some(on) if !on.contains("CONFLICT(county") && !on.contains("CONFLICT (county") => Err(on),
        _ => Ok(1),
    }
}

fn query_bound(query: &Query) -> Result<usize, String> {
    set_bound(&query.body)
}

fn set_bound(set: &SetExpr) -> Result<usize, String> {
    match set {
        SetExpr::Select(select) => select_bound(select),
        SetExpr::Query(query) => query_bound(query),
        SetExpr::SetOperation { left, right, .. } => Ok(set_bound(left)? + set_bound(right)?),
        other => Err(format!("{other} is not looked at")),
    }
}

fn select_bound(select: &Select) -> Result<usize, String> {
    from_bound(&select.from, select.selection.as_ref())
}

/// Each table is bound by an equality of its county with `$1` or with that of a table that is.
fn from_bound(from: &[TableWithJoins], selection: Option<&Expr>) -> Result<usize, String> {
    let mut conjuncts = Vec::new();
    conjuncts_of(selection, &mut conjuncts);
    let mut names = Vec::new();
    let mut below = 0;
    for table in from {
        for factor in
            std::iter::once(&table.relation).chain(table.joins.iter().map(|j| &j.relation))
        {
            match factor {
                TableFactor::Table { name, alias, .. } => {
                    names.push(
                        alias.as_ref().map_or_else(|| name.to_string(), |a| a.name.to_string()),
                    );
                }
                TableFactor::Derived { subquery, .. } => below += query_bound(subquery)?,
                other => return Err(format!("{other} is not looked at")),
            }
        }
        for join in &table.joins {
            if let sqlparser::ast::JoinOperator::Join(sqlparser::ast::JoinConstraint::On(on)) =
                &join.join_operator
            {
                conjuncts_of(Some(on), &mut conjuncts);
            }
        }
    }
    let alone = names.len() == 1;
    let mut done: BTreeSet<String> = BTreeSet::new();
    for _ in 0..=names.len() {
        for (left, right) in &conjuncts {
            let owner = |e: &Expr| county_of(e, alone.then(|| names[0].as_str()));
            let tied =
                |e: &Expr| is_county_parameter(e) || owner(e).is_some_and(|o| done.contains(&o));
            let fresh: Vec<String> = [(left, right), (right, left)]
                .iter()
                .filter(|(_, by)| tied(by))
                .filter_map(|(of, _)| owner(of))
                .collect();
            done.extend(fresh);
        }
    }
    match names.iter().find(|name| !done.contains(*name)) {
        Some(name) => Err(format!("{name} is not bound to the county")),
        None => Ok(names.len() + below),
    }
}

fn conjuncts_of<'e>(expr: Option<&'e Expr>, into: &mut Vec<(&'e Expr, &'e Expr)>) {
    match expr {
        Some(Expr::BinaryOp { left, op: BinaryOperator::And, right }) => {
            conjuncts_of(Some(left), into);
            conjuncts_of(Some(right), into);
        }
        Some(Expr::BinaryOp { left, op: BinaryOperator::Eq, right }) => into.push((left, right)),
        Some(Expr::Nested(inner)) => conjuncts_of(Some(inner), into),
        _ => {}
    }
}

fn is_county_parameter(expr: &Expr) -> bool {
    matches!(expr.to_string().as_str(), "$1" | "?1")
}

/// The table whose county an expression is.
fn county_of(expr: &Expr, only: Option<&str>) -> Option<String> {
    match expr {
        Expr::Identifier(name) if name.value == "county" => only.map(str::to_owned),
        Expr::CompoundIdentifier(parts) if parts.len() == 2 && parts[1].value == "county" => {
            Some(parts[0].value.clone())
        }
        _ => None,
    }
}

/// The embedded engine tells how it would find the rows; the keys of both engines are the same.
#[test]
fn no_statement_that_serves_reads_a_whole_table() {
    let database = Database::fresh(Engine::Sqlite).expect("always there");
    drop(database.open());
    let exceptions = exceptions();
    let both =
        statements_that_serve().into_iter().filter(|sql| sql.only != Some(Dialect::Postgres));
    for sql in both.filter(|sql| !exceptions.contains_key(sql.name)) {
        for step in database.plan(sql.text) {
            let whole = step.starts_with("SCAN")
                && !step.starts_with("SCAN n")
                && !step.contains("CONSTANT ROW");
            assert!(!whole, "{}: {step}\n{}", sql.name, sql.text);
        }
    }
}
