//! placeholder until the token module lands
use domain::matter::Matter;
use domain::org::Org;
use crate::{CountyState, Error};
pub(crate) fn entry_if_changed(_s:&CountyState,_o:&Org,_b:Option<&Matter>,_a:&Matter)->Result<Option<String>,Error>{Ok(None)}
pub(crate) fn name_fits(name:&str, typed:&str)->bool{name.contains(typed)}
