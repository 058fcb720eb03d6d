//! The smallest mistake for each rule of what stands beside kinds: meetings, papers, notices.

use super::edit::Edit::{Append, Remove, Replace};
use super::edit::{Case, case};

const DISPUTE: &str = "kinds/dispute.toml";
const MEETINGS: &str = "meetings.toml";
const SOURCES: &str = "documents/sources.toml";
const STAFF: &str = "notices/staff.toml";
const PARTIES: &str = "notices/parties.toml";

/// Every rule at least once.
pub const BESIDE: &[Case] = &[
    // Meetings.
    case(
        "meeting-minutes",
        &[Append(
            MEETINGS,
            "\n[meeting.odd]\nlabel = { zh = \"怪\", en = \"Odd\" }\nminutes = 50 # odd\n\
            for.request = { convene = \"convene\", record = \"confer\", call-off = \"call-off\" }\n\
            seat.one = { label = { zh = \"一\", en = \"One\" }, roles = [\"mediator\"] }\n",
        )],
        (MEETINGS, "# odd"),
    ),
    case(
        "meeting-action",
        &[Replace(
            MEETINGS,
            "[meeting.joint-mediation.for.dispute]\nconvene = \"convene\"\nrecord = \"meet\"",
            "[meeting.joint-mediation.for.dispute]\nconvene = \"convene\"\nrecord = \"suspend\"",
        )],
        (MEETINGS, "record = \"suspend\""),
    ),
    case(
        "meeting-administrator",
        &[Replace(
            MEETINGS,
            "roles = [\"grid-lead\"]",
            "roles = [\"grid-lead\", \"system-administrator\"]",
        )],
        (MEETINGS, "\"system-administrator\""),
    ),
    case(
        "meeting-judge-signs",
        &[Replace(
            MEETINGS,
            "roles = [\"tribunal-head\", \"judge\"]\n",
            "roles = [\"tribunal-head\", \"judge\"]\nsigns = true\n",
        )],
        (MEETINGS, "[meeting.joint-mediation.seat.tribunal]"),
    ),
    // Papers.
    case(
        "unknown-name",
        &[Append(
            DISPUTE,
            "\n[document.oath]\nlabel = { zh = \"誓词\", en = \"Oath\" }\nby.holder = [\"chief\"]\n",
        )],
        (DISPUTE, "[document.oath]"),
    ),
    case(
        "unknown-name",
        &[Replace(
            DISPUTE,
            "label = { zh = \"授权委托书\", en = \"Power of attorney\" }\nby.holder = [\"chief\", \"officer\"]\nink-only = [\"marriage-family\"]",
            "label = { zh = \"授权委托书\", en = \"Power of attorney\" }\nby.holder = [\"chief\", \"officer\"]\nink-only = [\"marriage-famly\"]",
        )],
        (DISPUTE, "marriage-famly"),
    ),
    case(
        "unknown-word",
        &[Replace(SOURCES, "number          = [\"number\"]", "number          = [\"nummer\"]")],
        (SOURCES, "nummer"),
    ),
    case(
        "unknown-name",
        &[Replace(SOURCES, "[\"field:wish\"]", "[\"field:wich\"]")],
        (SOURCES, "field:wich"),
    ),
    case("missing-file", &[Remove("documents/receipt.typ")], ("documents/receipt.typ", "")),
    case(
        "unknown-name",
        &[Replace("documents/dossier.toml", "[\"rights-notice\"]", "[\"rights-notise\"]")],
        ("documents/dossier.toml", "rights-notise"),
    ),
    case(
        "wrong-type",
        &[Replace("documents/reply.toml", "path = \"answer\"", "path = \"the answer\"")],
        ("documents/reply.toml", "the answer"),
    ),
    // Notices.
    case(
        "notice-lacks",
        &[Append(
            STAFF,
            "\n[notice.idle]\nlabel = { zh = \"空\", en = \"Idle\" }\non = [\"meet\"]\nto = [\"holder\"]\npage = { zh = \"有会\", en = \"A session\" }\n",
        )],
        (STAFF, "[notice.idle]"),
    ),
    case(
        "notice-parties",
        &[Replace(
            PARTIES,
            "on    = [\"reply\"]\nto    = [\"parties\"]",
            "on    = [\"reply\"]\nto    = [\"parties\", \"handler\"]",
        )],
        (PARTIES, "[notice.party-answered]"),
    ),
    case(
        "notice-personal",
        &[Replace(STAFF, "{from}督办事项{code}", "{from}督办{title}")],
        (STAFF, "{title}"),
    ),
    case(
        "notice-personal",
        &[Replace(
            STAFF,
            "en = \"{from} supervises matter {code}.",
            "en = \"{actor} supervises matter {code}.",
        )],
        (STAFF, "{actor}"),
    ),
    case(
        "notice-blank",
        &[Replace(STAFF, "对{kind}({code})的吹哨已回应", "对{kinds}({code})的吹哨已回应")],
        (STAFF, "{kinds}"),
    ),
    case(
        "notice-long",
        &[Replace(
            PARTIES,
            "请妥善保管编号。查询请拨{telephone}。",
            "请妥善保管编号,请妥善保管编号,请妥善保管编号,请妥善保管编号,请妥善保管编号,请妥善保管编号,请妥善保管编号,请妥善保管编号,请妥善保管编号,请妥善保管编号,请妥善保管编号,请妥善保管编号,请妥善保管编号,请妥善保管编号,请妥善保管编号,请妥善保管编号。",
        )],
        (PARTIES, "已由{unit}受理"),
    ),
    case(
        "unknown-name",
        &[Replace(STAFF, "[\"report-in\", \"contribute\"]", "[\"report-inn\", \"contribute\"]")],
        (STAFF, "report-inn"),
    ),
    case(
        "unknown-name",
        &[Replace("delivery.toml", "[\"urgent\"]", "[\"urgnt\"]")],
        ("delivery.toml", "urgnt"),
    ),
    case(
        "wrong-type",
        &[Replace("delivery.toml", "from  = \"21:00\"", "from  = \"21\"")],
        ("delivery.toml", "from  = \"21\""),
    ),
    case(
        "quiet-all-day",
        &[Replace("delivery.toml", "until = \"08:00\"", "until = \"21:00\"")],
        ("delivery.toml", "# 通知如何发出"),
    ),
    case(
        "retry-order",
        &[Replace("delivery.toml", "first   = \"1 minute\"", "first   = \"3 hours\"")],
        ("delivery.toml", "# 通知如何发出"),
    ),
];
