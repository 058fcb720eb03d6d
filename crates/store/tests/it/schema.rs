//! The schema on both engines: made from nothing, keyed by county, every column with its class.

use std::collections::{BTreeMap, BTreeSet};

use store::dump::{LEFT_OUT, TABLES};
use store::{Db, StoreError};
use testkit::{Database, Engine, on_both};

/// The tables of a database with their columns.
fn columns(database: &Database) -> BTreeMap<String, BTreeSet<String>> {
    let (tables, of): (&str, fn(&str) -> String) = match database.engine() {
        // The tables that the inverted index keeps for itself are its own affair.
        Engine::Sqlite => (
            "select name from sqlite_master where type = 'table' and name not like 'search\\_%' escape '\\' \
             and name not like 'record\\_search\\_%' escape '\\' or name = 'search_pending' order by name",
            |table| format!("select name from pragma_table_info('{table}')"),
        ),
        Engine::Postgres => (
            "select table_name from information_schema.tables where table_schema = 'public' order by 1",
            |table| {
                format!(
                    "select column_name from information_schema.columns where table_name = '{table}'"
                )
            },
        ),
    };
    let names = database.look(tables).into_iter();
    names.map(|table| (table.clone(), database.look(&of(&table)).into_iter().collect())).collect()
}

fn classes() -> toml::Table {
    let file: toml::Table = include_str!("../columns.toml").parse().expect("TOML");
    file["column"].as_table().expect("columns").clone()
}

on_both! {
    fn every_column_has_a_class(database) {
        drop(database.open());
        let (classes, own) = (classes(), format!("{:?}", database.engine()).to_lowercase());
        let mut live = columns(&database);
        live.remove("schema_migration").expect("migrations are recorded");
        for (table, columns) in &live {
            let declared = classes.get(table).and_then(toml::Value::as_table);
            let declared = declared.unwrap_or_else(|| panic!("{table} has no classes"));
            // A column may be of one engine only: its class then begins with the engine's name.
            let fits = |class: &str| !class.contains(':') || class.starts_with(&own);
            let named = declared.iter().filter(|(_, class)| fits(class.as_str().expect("a class")));
            let named: BTreeSet<String> = named.map(|(name, _)| name.clone()).collect();
            assert_eq!(&named, columns, "{table}");
            for class in declared.values().map(|c| c.as_str().expect("a class")) {
                let class = class.rsplit(':').next().unwrap_or_default();
                assert!(["open", "personal", "secret"].contains(&class), "{table}: {class}");
            }
        }
        let gone: Vec<&String> = classes.keys().filter(|t| !live.contains_key(*t)).collect();
        assert!(gone.is_empty(), "classes of tables that are not there: {gone:?}");
    }

    fn every_key_begins_with_the_county(database) {
        drop(database.open());
        for table in columns(&database).keys().filter(|t| !["schema_migration", "search", "record_search"].contains(&t.as_str())) {
            let first = match database.engine() {
                Engine::Sqlite => database.look(&format!("select name from pragma_table_info('{table}') where pk = 1")),
                Engine::Postgres => database.look(&format!(
                    "select a.attname from pg_index i join pg_attribute a on a.attrelid = i.indrelid and \
                     a.attnum = i.indkey[0] where i.indisprimary and i.indrelid = '{table}'::regclass"
                )),
            };
            assert_eq!(first, ["county"], "{table}");
        }
        let others = match database.engine() {
            Engine::Sqlite => database.look(
                "select m.name || ' ' || i.name from sqlite_master m, pragma_index_info(m.name) i \
                 where m.type = 'index' and i.seqno = 0 and m.tbl_name not like 'search%' \
                 and m.tbl_name not like 'record_search%' \
                 and m.tbl_name <> 'schema_migration'",
            ),
            Engine::Postgres => database.look(
                "select c.relname || ' ' || a.attname from pg_index i join pg_class c on c.oid = i.indexrelid \
                 join pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[0] \
                 join pg_tables t on t.tablename = (select relname from pg_class where oid = i.indrelid) \
                 where t.schemaname = 'public' and t.tablename <> 'schema_migration'",
            ),
        };
        assert!(others.len() > 5, "{others:?}");
        // The words of the inverted index are an index of their own; its searches name the county too.
        let other = others.iter().find(|o| !o.ends_with(" county") && !o.ends_with("search_tokens tokens"));
        assert_eq!(other, None);
    }

    fn a_dump_leaves_nothing_out_unsaid(database) {
        drop(database.open());
        let mut live = columns(&database);
        for name in LEFT_OUT {
            assert!(live.remove(*name).is_some(), "{name} is left out and not there");
        }
        for table in TABLES {
            let is = live.remove(table.name).unwrap_or_else(|| panic!("{} is not there", table.name));
            let dumped: BTreeSet<String> = table.columns().iter().map(|c| (*c).to_owned()).collect();
            assert_eq!(dumped, is, "{}", table.name);
            assert_eq!(table.columns()[0], "county", "{}", table.name);
        }
        assert!(live.is_empty(), "neither dumped nor left out: {:?}", live.keys());
    }

    fn opening_again_changes_nothing(database) {
        drop(database.open());
        let before = database.look("select digest from schema_migration order by version");
        assert!(!before.is_empty());
        drop(database.open());
        assert_eq!(database.look("select digest from schema_migration order by version"), before);
    }

    fn two_servers_may_start_at_once(database) {
        std::thread::scope(|scope| {
            let both: Vec<_> = (0..2).map(|_| scope.spawn(|| Db::open(database.place()).map(drop))).collect();
            for one in both {
                one.join().expect("no panic").expect("opened");
            }
        });
        assert_eq!(database.look("select count(*) from schema_migration where version = 1"), ["1"]);
    }

    fn a_newer_schema_is_refused(database) {
        drop(database.open());
        database.tamper("insert into schema_migration (version, digest) values (900, 'x')");
        let refused = Db::open(database.place()).err();
        assert!(matches!(&refused, Some(StoreError::Schema(why)) if why.contains("900")), "{refused:?}");
    }

    fn an_edited_migration_is_refused(database) {
        drop(database.open());
        database.tamper("update schema_migration set digest = 'x' where version = 1");
        assert!(matches!(Db::open(database.place()).err(), Some(StoreError::Schema(_))));
    }
}
