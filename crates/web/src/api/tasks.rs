//! Tasks that meetings gave.

use app::Desk;
use app::meetings::{OpenTask, complete, open};
use axum::Json;
use axum::extract::Path;
use domain::clock::Light;
use domain::ids::{PersonId, UnitId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::body::{Asked, Body};
use crate::limits::ROWS;
use crate::problem::{Failure, Problem};
use crate::view::Named;

/// Which tasks.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct TaskQuery {
    /// Those that are done, instead of those that wait.
    #[serde(default)]
    pub done: bool,
    /// How many of each desk.
    #[serde(default = "rows")]
    #[param(minimum = 1, maximum = 200)]
    pub limit: i64,
}

fn rows() -> i64 {
    ROWS.0
}

/// A task.
#[derive(Debug, Serialize, ToSchema)]
pub struct TaskView {
    /// Its id.
    pub id: String,
    /// What is to be done.
    pub text: String,
    /// The unit or person who owns it.
    pub owner: Named,
    /// The matter's code; none where the caller does not see it.
    pub code: Option<String>,
    /// The meeting that gave it.
    pub meeting: String,
    /// When it is due, RFC 3339.
    pub due_at: String,
    /// `green`, `yellow`, `red`, or `off` once it is done.
    #[schema(value_type = String)]
    pub light: Light,
    /// Whether it is or was late.
    pub late: bool,
    /// When it was done.
    pub done_at: Option<String>,
    /// What was done.
    pub note: Option<String>,
}

impl TaskView {
    /// A task as somebody at a desk reads it.
    pub fn of(desk: &Desk, open: &OpenTask) -> Self {
        let task = &open.task;
        let unit = desk.roster.org.unit(UnitId(task.desk)).map(|u| u.name.clone());
        let person = || desk.roster.names.get(&PersonId(task.desk)).cloned();
        Self {
            id: task.id.to_string(),
            text: open.text.clone(),
            owner: Named {
                id: task.desk.to_string(),
                label: unit.or_else(person).unwrap_or_default(),
            },
            code: open.matter.as_ref().map(|m| m.code.to_string()),
            meeting: task.meeting.to_string(),
            due_at: task.due_at.to_string(),
            light: open.light(desk.now),
            late: open.is_late(desk.now),
            done_at: task.done_at.map(|at| at.to_string()),
            note: open.note.clone(),
        }
    }
}

/// Some tasks.
#[derive(Debug, Serialize, ToSchema)]
pub struct TaskPage {
    /// The tasks, those due first on top.
    pub items: Vec<TaskView>,
}

/// Reads the tasks of the caller and of the caller's units.
#[utoipa::path(get, path = "/api/v1/tasks", tag = "meetings", params(TaskQuery),
    responses((status = 200, body = TaskPage), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 503, body = Problem)))]
pub async fn tasks(asked: Asked<TaskQuery>) -> Result<Json<TaskPage>, Failure> {
    let Asked { caller, query } = asked;
    let limit = super::lists::bounded(&caller, query.limit)?;
    let (desk, found) = caller
        .read(move |conn, service, credential| open(conn, service, credential, !query.done, limit))
        .await?;
    Ok(Json(TaskPage { items: found.iter().map(|t| TaskView::of(&desk, t)).collect() }))
}

/// What was done.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CompletionBody {
    /// What was done.
    #[schema(min_length = 1, max_length = 2000)]
    pub note: String,
}

/// A task is done. Only its owner says so.
#[utoipa::path(post, path = "/api/v1/tasks/{task}/completion", tag = "meetings", request_body = CompletionBody,
    params(("task" = String, Path, description = "the task's id")),
    responses((status = 200, body = TaskView), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 413, body = Problem), (status = 415, body = Problem), (status = 422, body = Problem),
        (status = 503, body = Problem)))]
pub async fn completion(
    Path(id): Path<String>,
    body: Body<CompletionBody>,
) -> Result<Json<TaskView>, Failure> {
    let Body { caller, value, .. } = body;
    let id: i64 = id.parse().map_err(|_| caller.failure(app::Error::Missing))?;
    let done = caller
        .write(move |conn, service, credential| {
            let done = complete(conn, service, credential, id, &value.note)?;
            let desk = Desk::open(conn, service, credential)?;
            Ok((desk, done))
        })
        .await?;
    Ok(Json(TaskView::of(&done.0, &done.1)))
}
