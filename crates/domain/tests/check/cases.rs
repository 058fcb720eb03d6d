//! The smallest mistake for each rule, as edits of the catalogue that ships.

use super::edit::Edit::{Append, Remove, Replace};
use super::edit::{Case, case};

const DISPUTE: &str = "kinds/dispute.toml";
const REQUEST: &str = "kinds/request.toml";
const CALM: &str = "[action.calm]\nlabel = { zh = \"解除激化标记\", en = \"Risk is over\" }\n";
const CALM_VERBS: &str =
    "label = { zh = \"解除激化标记\", en = \"Risk is over\" }\nverbs = [\"record\"]\n";
const CALM_FROM: &str = "verbs = [\"record\"]\nfrom = [\"mediating\", \"performing\"]\n";
const CALM_BY: &str = "from = [\"mediating\", \"performing\"]\nby.holder = [\"chief\"]\n";

/// Every rule at least once.
pub const CASES: &[Case] = &[
    // How a file is written.
    case("syntax", &[Append("lists/routes.toml", "\nnothing\n")], ("lists/routes.toml", "nothing")),
    case("syntax", &[Append("locales/en.toml", "\n[[[\n")], ("locales/en.toml", "[[[")),
    case("missing-file", &[Remove("calendars/calendar.toml")], ("calendars/calendar.toml", "")),
    case("missing-file", &[Remove("locales/en.toml")], ("locales/en.toml", "")),
    case(
        "missing-key",
        &[Replace("clocks.toml", "law    = \"人民调解法第27条;档案法实施条例\"\n", "")],
        ("clocks.toml", "[rule.archive]"),
    ),
    case("unknown-key", &[Append("levels.toml", "colour = \"red\"\n")], ("levels.toml", "colour")),
    case(
        "wrong-type",
        &[Replace("roles.toml", "rights = [\"manage-system\"]", "rights = \"manage-system\"")],
        ("roles.toml", "rights = \"manage-system\""),
    ),
    case(
        "wrong-type",
        &[Replace("locales/en.toml", "green  = ", "green  = 7 #")],
        ("locales/en.toml", "green  = 7"),
    ),
    case(
        "twice",
        &[Replace(
            "roles.toml",
            "[\"window-clerk\", \"centre-clerk\",",
            "[\"window-clerk\", \"window-clerk\", \"centre-clerk\",",
        )],
        ("roles.toml", "\"window-clerk\", \"window-clerk\""),
    ),
    case(
        "twice",
        &[Replace("levels.toml", "number = 20\n", "number = 19\n")],
        ("levels.toml", "[office.medical-insurance-bureau]"),
    ),
    case(
        "twice",
        &[Append("lists/zz.toml", "[list.routes]\nlabel = { zh = \"又\", en = \"again\" }\n")],
        ("lists/zz.toml", "[list.routes]"),
    ),
    case(
        "twice",
        &[Append("calendars/zz.toml", "\nyear = 2025\nnotice = \"又一份\"\n")],
        ("calendars/zz.toml", "year = 2025"),
    ),
    case(
        "bad-name",
        &[Append(
            "lists/routes.toml",
            "\n[list.routes.item.Elsewhere]\nlabel = { zh = \"别处\", en = \"Elsewhere\" }\n",
        )],
        ("lists/routes.toml", "[list.routes.item.Elsewhere]"),
    ),
    case(
        "unknown-word",
        &[Replace("roles.toml", "rights = [\"read-audit\"]", "rights = [\"read-audits\"]")],
        ("roles.toml", "read-audits"),
    ),
    case(
        "unknown-word",
        &[Replace(DISPUTE, "when = [\"flag:escalation-risk\"]", "when = [\"flagged\"]")],
        (DISPUTE, "flagged"),
    ),
    case(
        "column-shape",
        &[Replace(
            "reports/mediation.toml",
            "of = [\"parties\"]\n",
            "of = [\"parties\"]\neach = \"source\"\n",
        )],
        ("reports/mediation.toml", "mediation-cases.column.parties"),
    ),
    case(
        "unknown-name",
        &[Replace("reports/mediation.toml", "of = [\"parties\"]", "of = [\"persons\"]")],
        ("reports/mediation.toml", "\"persons\""),
    ),
    case(
        "unknown-name",
        &[Replace(DISPUTE, "sum      = \"amount\"", "sum      = \"facts\"")],
        (DISPUTE, "sum      = \"facts\""),
    ),
    case(
        "unknown-name",
        &[Replace(
            DISPUTE,
            "sets = [\"urgent\", \"danger\"]\nadvice = { zh = \"先",
            "sets = [\"urgent\", \"danger\", \"dangr\"]\nadvice = { zh = \"先",
        )],
        (DISPUTE, "\"dangr\""),
    ),
    case(
        "unknown-name",
        &[Replace(DISPUTE, "of = [\"wage-arrears\"]", "of = [\"wages\"]")],
        (DISPUTE, "of = [\"wages\"]"),
    ),
    case(
        "unknown-name",
        &[Replace(DISPUTE, "rule   = \"archive\"", "rule   = \"archives\"")],
        (DISPUTE, "\"archives\""),
    ),
    case(
        "unknown-name",
        &[Replace(
            "lists/routes.toml",
            "[list.routes.item.police]",
            "[list.routes.item.police]\nunder = \"courts\"",
        )],
        ("lists/routes.toml", "under = \"courts\""),
    ),
    case(
        "unknown-locale",
        &[Replace(
            "lists/routes.toml",
            "en = \"Police (110)\"",
            "en = \"Police (110)\", fr = \"Police\"",
        )],
        ("lists/routes.toml", "fr = "),
    ),
    case(
        "missing-translation",
        &[Replace("lists/routes.toml", ", en = \"Police (110)\"", "")],
        ("lists/routes.toml", "报警(110)"),
    ),
    case(
        "missing-translation",
        &[Replace("locales/en.toml", "green  = ", "gren   = ")],
        ("locales/en.toml", "# What the product itself says"),
    ),
    case(
        "no-first-locale",
        &[Replace("catalogue.toml", "[\"zh\", \"en\"]", "[\"en\"]")],
        ("catalogue.toml", "locales"),
    ),
    // Levels, roles, limits, calendars.
    case(
        "one-top-level",
        &[Append("levels.toml", "\n[level.city]\nlabel = { zh = \"市\", en = \"City\" }\n")],
        ("levels.toml", "[level.city]"),
    ),
    case(
        "level-cycle",
        &[Replace(
            "levels.toml",
            "label = { zh = \"网格\", en = \"Grid\" }\nunder = \"village\"",
            "label = { zh = \"网格\", en = \"Grid\" }\nunder = \"grid\"",
        )],
        ("levels.toml", "[level.grid]"),
    ),
    case(
        "administrator-sees",
        &[Replace(
            "roles.toml",
            "en = \"Audit administrator\" }\nsees = \"nothing\"",
            "en = \"Audit administrator\" }\nsees = \"own\"",
        )],
        ("roles.toml", "[role.audit-administrator]"),
    ),
    case(
        "extension-unit",
        &[Replace(
            "clocks.toml",
            "extend = \"30 days\"\nwarn   = \"5 days\"",
            "extend = \"5 workdays\"\nwarn   = \"5 days\"",
        )],
        ("clocks.toml", "[rule.mediation-finish]"),
    ),
    case(
        "extension-unit",
        &[Replace(
            DISPUTE,
            "rule   = \"mediation-finish\"\n",
            "rule   = \"mediation-finish\"\nwithin = \"20 workdays\"\n",
        )],
        (DISPUTE, "within = \"20 workdays\""),
    ),
    case(
        "day-not-in-year",
        &[Replace("calendars/2026.toml", "\"2026-01-01\"", "\"2025-01-01\"")],
        ("calendars/2026.toml", "\"2025-01-01\""),
    ),
    case(
        "workday-not-weekend",
        &[Replace("calendars/2026.toml", "\"2026-02-14\"", "\"2026-02-13\"")],
        ("calendars/2026.toml", "\"2026-02-13\""),
    ),
    // What a kind asks for.
    case(
        "choice-list",
        &[Replace(DISPUTE, "type = \"choice\"\nlist = \"performance\"", "type = \"choice\"")],
        (DISPUTE, "[field.performance]"),
    ),
    case(
        "personal-type",
        &[Replace(DISPUTE, "type = \"money\"", "type = \"money\"\npersonal = true")],
        (DISPUTE, "[field.amount]"),
    ),
    case(
        "notice-without-meeting",
        &[Replace(DISPUTE, "[action.calm]\n", "[action.calm]\nnotice = \"3 days\"\n")],
        (DISPUTE, "notice = \"3 days\""),
    ),
    case(
        "offices-without-move",
        &[Replace(DISPUTE, "[action.calm]\n", "[action.calm]\noffices = [\"court\"]\n")],
        (DISPUTE, "offices = [\"court\"]"),
    ),
    case(
        "barred-type",
        &[Replace(DISPUTE, "type = \"money\"", "type = \"money\"\nbarred = true")],
        (DISPUTE, "[field.amount]"),
    ),
    case(
        "name-taken",
        &[
            Replace(DISPUTE, "[step.measures]", "[step.reason]"),
            Replace(DISPUTE, "asks = [\"measures\", ", "asks = [\"reason\", "),
        ],
        (DISPUTE, "[step.reason]"),
    ),
    case(
        "min-over-max",
        &[Replace(REQUEST, "max = 5\n", "min = 6\nmax = 5\n")],
        (REQUEST, "[party.petitioner]"),
    ),
    // Who may do what, and what a verb needs.
    case(
        "one-register",
        &[Append(
            REQUEST,
            "[action.register-too]\nlabel = { zh = \"再登记\", en = \"Register too\" }\nverbs = [\"register\"]\nto = \"registered\"\nby.door = [\"intake\"]\n",
        )],
        (REQUEST, "[action.register-too]"),
    ),
    case(
        "register-shape",
        &[Replace(REQUEST, "by.door = ", "by.holder = ")],
        (REQUEST, "[action.register]"),
    ),
    case(
        "no-verb",
        &[Replace(
            DISPUTE,
            CALM_VERBS,
            "label = { zh = \"解除激化标记\", en = \"Risk is over\" }\nverbs = []\n",
        )],
        (DISPUTE, "[action.calm]"),
    ),
    case(
        "no-from",
        &[Replace(DISPUTE, CALM_FROM, "verbs = [\"record\"]\n")],
        (DISPUTE, "[action.calm]"),
    ),
    case(
        "no-number",
        &[Replace(REQUEST, "number   = \"{unit}诉〔{year}〕{seq}号\"\n", "")],
        (REQUEST, "[action.dispatch]"),
    ),
    case(
        "nobody-may",
        &[Replace(DISPUTE, CALM_BY, "from = [\"mediating\", \"performing\"]\nby.holder = []\n")],
        (DISPUTE, "[action.calm]"),
    ),
    case(
        "verb-needs",
        &[Replace(DISPUTE, "form = \"oral\"\n", "")],
        (DISPUTE, "[action.agree-orally]"),
    ),
    case(
        "two-moves",
        &[Replace(
            REQUEST,
            "en = \"Escalate\" }\nverbs = [\"escalate\"]",
            "en = \"Escalate\" }\nverbs = [\"escalate\", \"refer\"]",
        )],
        (REQUEST, "[action.escalate]"),
    ),
    case(
        "verbs-clash",
        &[Replace(
            REQUEST,
            "en = \"Report in\" }\nverbs = [\"report-in\"]",
            "en = \"Report in\" }\nverbs = [\"report-in\", \"return\"]",
        )],
        (REQUEST, "[action.report-in]"),
    ),
    case(
        "verb-needs",
        &[Replace(
            DISPUTE,
            "verbs = [\"call-out\"]\nfrom = [\"mediating\"]",
            "verbs = [\"call-out\"]\nfrom = [\"mediating\", \"closed\"]",
        )],
        (DISPUTE, "[action.call-out]"),
    ),
    case(
        "verb-needs",
        &[Replace(
            DISPUTE,
            "verbs = [\"reopen\"]\nfrom = [\"closed\"]\nto = \"registered\"",
            "verbs = [\"reopen\"]\nfrom = [\"closed\"]\nto = \"archived\"",
        )],
        (DISPUTE, "[action.reopen]"),
    ),
    case(
        "previous-without-resume",
        &[Replace(
            DISPUTE,
            CALM,
            "[action.calm]\nto = \"previous\"\nlabel = { zh = \"解除激化标记\", en = \"Risk is over\" }\n",
        )],
        (DISPUTE, "[action.calm]"),
    ),
    case(
        "may-not-extend",
        &[Replace(DISPUTE, "extends = \"settle\"", "extends = \"accept\"")],
        (DISPUTE, "extends = \"accept\""),
    ),
    // How it ends.
    case(
        "no-outcome",
        &[Replace(
            REQUEST,
            "asks = [\"request-class?\", \"resolved?\"]\noutcome = \"answered\"\n",
            "asks = [\"request-class?\", \"resolved?\"]\n",
        )],
        (REQUEST, "[action.answer-at-once]"),
    ),
    case(
        "no-route",
        &[Replace(
            DISPUTE,
            "routes = [\"court\", \"enforcement\", \"payment-order\", \"legal-aid\"]\n",
            "",
        )],
        (DISPUTE, "[action.breach]"),
    ),
    case(
        "outcome-without-end",
        &[Replace(
            DISPUTE,
            CALM,
            "[action.calm]\noutcome = \"withdrawn\" # still open\nlabel = { zh = \"解除激化标记\", en = \"Risk is over\" }\n",
        )],
        (DISPUTE, "# still open"),
    ),
    case(
        "ends-unanswered",
        &[Replace(
            DISPUTE,
            "when = [\"agreed\", \"performed\", \"callouts-settled\"]",
            "when = [\"performed\", \"callouts-settled\"]",
        )],
        (DISPUTE, "[action.close]"),
    ),
    case(
        "unreachable",
        &[Append(
            REQUEST,
            "[state.lost]\nlabel = { zh = \"遗失\", en = \"Lost\" }\nphase = \"closed\"\n",
        )],
        (REQUEST, "[state.lost]"),
    ),
    case(
        "dead-end",
        &[
            Append(
                REQUEST,
                "[state.gone]\nlabel = { zh = \"了结\", en = \"Gone\" }\nphase = \"closed\"\n",
            ),
            Replace(
                REQUEST,
                "to = \"answered\"\nby.holder = [\"chief\", \"officer\", \"intake\"]\noutcome = \"withdrawn\"",
                "to = \"gone\"\nby.holder = [\"chief\", \"officer\", \"intake\"]\noutcome = \"withdrawn\"",
            ),
        ],
        (REQUEST, "[state.gone]"),
    ),
    // Its limits.
    case(
        "longer-than-law",
        &[Replace(
            DISPUTE,
            "rule  = \"confirmation-apply\"\n",
            "rule  = \"confirmation-apply\"\nwithin = \"31 days\"\n",
        )],
        (DISPUTE, "within = \"31 days\""),
    ),
    case(
        "clock-start",
        &[Replace(DISPUTE, "start = [\"register\"]\n", "")],
        (DISPUTE, "[clock.limitation]"),
    ),
    case(
        "never-stops",
        &[Replace(DISPUTE, "stop  = [\"apply-confirmation\", \"reopen\"]\n", "")],
        (DISPUTE, "[clock.confirm]"),
    ),
    case(
        "callout-until",
        &[Replace(DISPUTE, "until = \"contribute\"\n", "")],
        (DISPUTE, "[clock.contribute]"),
    ),
    case(
        "lapse-shape",
        &[Replace(
            DISPUTE,
            "during = [\"registered\"]\n",
            "during = [\"registered\"]\nlapse  = \"climb\" # not from there\n",
        )],
        (DISPUTE, "# not from there"),
    ),
    case(
        "state-without-clock",
        &[Replace(
            DISPUTE,
            "rule   = \"suspension\"\n",
            "rule   = \"suspension\"\nsoft   = true\n",
        )],
        (DISPUTE, "[state.suspended]"),
    ),
    case(
        "clock-never-takes",
        &[Replace(DISPUTE, "lapse  = \"climb\"\n", "")],
        (DISPUTE, "[action.climb]"),
    ),
    case(
        "unused",
        &[Append(
            DISPUTE,
            "\n[outcome.forgotten]\nlabel = { zh = \"遗忘\", en = \"Forgotten\" }\n",
        )],
        (DISPUTE, "[outcome.forgotten]"),
    ),
];
