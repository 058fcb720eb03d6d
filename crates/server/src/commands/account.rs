//! `shanzhi account …`.

use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context;
use app::accounts::{self, hash_password};
use app::{CountyState, Error};
use domain::ids::UnitId;
use serde_json::json;
use store::Conn;

use crate::cli::{Account, Globals};
use crate::home::Home;
use crate::output;

/// Adds, closes, gives passwords and tokens.
pub fn run(globals: &Globals, what: &Account, as_json: bool) -> anyhow::Result<ExitCode> {
    let home = Home::open(globals)?;
    match what {
        Account::Add { login, name, role, unit, county } => {
            let state = home.county(county)?;
            let password = add(&home, &state, login, name, role, unit)?;
            let value = json!({ "login": login, "password": password });
            output::say(as_json, &value, || println!("{login} {password}"));
        }
        Account::Token { login, label, county } => {
            let state = home.county(county)?;
            let (service, login, label) = (home.service.clone(), login.clone(), label.clone());
            let make = move |conn: &mut Conn| {
                accounts::make_token(conn, &service, state.county, &login, &label)
            };
            let token = home.service.db().write(make).wait().map_err(explain)?;
            output::say(as_json, &json!({ "token": token }), || println!("{token}"));
        }
        Account::Password { login, county } => {
            let state = home.county(county)?;
            let password = new_password(login)?;
            set_password(&home, &state, login, &password)?;
            let value = json!({ "login": login, "password": password });
            output::say(as_json, &value, || println!("{login} {password}"));
        }
        Account::Close { login, county } => {
            let state = home.county(county)?;
            let (service, name) = (home.service.clone(), login.clone());
            let close = move |conn: &mut Conn| {
                let closed = store::accounts::end(conn, state.county, &name, service.now())?;
                accounts::note(conn, &service, state.county, None, "account-closed", &name)?;
                if closed { Ok(()) } else { Err(Error::Missing) }
            };
            home.service.db().write(close).wait().map_err(explain)?;
            output::say(as_json, &json!({ "closed": login }), || println!("{login} closed"));
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn explain(error: Error) -> anyhow::Error {
    match error {
        Error::Missing => anyhow::anyhow!("there is no such open account"),
        other => other.into(),
    }
}

/// A password by chance that meets the rules.
pub fn new_password(login: &str) -> anyhow::Result<String> {
    Ok(app::staff::first_password(login)?.0)
}

/// Sets the password of a login.
pub fn set_password(
    home: &Home,
    state: &Arc<CountyState>,
    login: &str,
    password: &str,
) -> anyhow::Result<()> {
    let hash = hash_password(login, password)?;
    let (service, name, county) = (home.service.clone(), login.to_owned(), state.county);
    let set = move |conn: &mut Conn| {
        let known = store::accounts::set_password(conn, county, &name, &hash, service.now())?;
        accounts::note(conn, &service, county, None, "password-set", &name)?;
        if known { Ok(()) } else { Err(Error::Missing) }
    };
    home.service.db().write(set).wait().map_err(explain)
}

fn add(
    home: &Home,
    state: &Arc<CountyState>,
    login: &str,
    name: &str,
    role: &str,
    unit: &str,
) -> anyhow::Result<String> {
    let unit = unit_of(home, state, unit)?;
    let password = new_password(login)?;
    let hash = hash_password(login, &password)?;
    let (service, state) = (home.service.clone(), state.clone());
    let (login, name, role) = (login.to_owned(), name.to_owned(), role.to_owned());
    let write = move |conn: &mut Conn| {
        let (county, now) = (state.county, service.now());
        let person = accounts::add_person(conn, &service, county, &name)?;
        accounts::give_post(conn, &service, county, (person, &role, unit), now.day())?;
        store::accounts::insert(conn, county, &login, person, &hash, now)?;
        accounts::note(conn, &service, county, None, "account-added", &login)
    };
    home.service.db().write(write).wait().context("the account was not added")?;
    Ok(password)
}

/// A unit by its fifteen digits, or the centre of a division by its code.
pub fn unit_of(home: &Home, state: &Arc<CountyState>, text: &str) -> anyhow::Result<UnitId> {
    let (held, text) = (state.clone(), text.to_owned());
    let find = move |conn: &mut Conn| {
        let roster = held.roster(conn)?;
        let by_id = text.parse::<UnitId>().ok().and_then(|id| roster.org.unit(id));
        Ok::<_, Error>(by_id.or_else(|| roster.org.place(&text)).map(|u| u.id))
    };
    home.service.db().read(find).wait()?.context("the county has no such unit")
}
