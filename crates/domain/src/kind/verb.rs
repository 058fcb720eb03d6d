//! The engine's whole vocabulary. A new verb is a decision record.

use super::field::FieldType;

/// Something that a verb asks for, whatever the kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Input {
    /// Its key in an act's data; its words are `input.<name>`.
    pub name: &'static str,
    /// What it takes.
    pub field: FieldType,
    /// Whether the act is refused without it.
    pub required: bool,
}

const fn required(name: &'static str, field: FieldType) -> Input {
    Input { name, field, required: true }
}

const fn optional(name: &'static str, field: FieldType) -> Input {
    Input { name, field, required: false }
}

macro_rules! verbs {
    ($($(#[$doc:meta])* $name:ident = $text:literal [$($input:expr),*];)*) => {
        /// What an act does to a matter. Verbs carry the invariants; kinds only compose them.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Verb { $($(#[$doc])* $name,)* }

        impl Verb {
            /// Every verb.
            pub const ALL: &'static [Verb] = &[$(Verb::$name,)*];

            /// The verb as definitions write it.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Verb::$name => $text,)* }
            }

            /// What it asks for.
            #[must_use]
            pub fn inputs(self) -> &'static [Input] {
                match self { $(Verb::$name => const { &[$($input),*] },)* }
            }
        }
    };
}

use FieldType as T;

verbs! {
    /// 登记: a matter comes into being. Unconditional (Petition Regulations art. 44).
    Register = "register" [];
    /// 分流: says what it is and which way it goes.
    Triage = "triage" [];
    /// 受理: the procedure begins.
    Accept = "accept" [];
    /// 不予受理: with a reason and a route that stays open.
    Decline = "decline" [required("reason", T::LongText)];
    /// 交办: to a unit below, or to persons of the own unit.
    Assign = "assign" [optional("unit", T::Unit), optional("person", T::Person), optional("assistants", T::Persons)];
    /// 签收: the holder has seen it.
    Acknowledge = "acknowledge" [];
    /// 提级: to the centre above, with what was tried.
    Escalate = "escalate" [required("summary", T::LongText)];
    /// 退回: once by a unit, with the legal ground and the unit it proposes.
    Return = "return" [required("ground", T::LongText), required("proposal", T::Unit)];
    /// 吹哨: calls departments to help.
    CallOut = "call-out" [required("units", T::Units), required("reason", T::LongText)];
    /// 报到: a department called out is there.
    ReportIn = "report-in" [];
    /// A department called out gives its part.
    Contribute = "contribute" [required("contribution", T::LongText)];
    /// 评哨: whoever called a department out says how its part was, 1 to 5.
    Appraise = "appraise" [required("callee", T::Unit), required("rating", T::Rating), optional("comment", T::LongText)];
    /// 召集: a meeting is called together, or moved. Whoever is to come may see the matter; whoever is no
    /// longer to come may not, unless another relation opens it.
    Convene = "convene" [required("meets-at", T::Time), optional("attendees", T::Persons),
        optional("dismissed", T::Persons), optional("venue", T::Text)];
    /// A session or meeting was held.
    Meet = "meet" [required("held-at", T::Time), optional("attendees", T::Persons)];
    /// Something is put on record.
    Record = "record" [];
    /// The parties agree, and may agree to perform in instalments.
    Agree = "agree" [optional("instalments", T::Instalments)];
    /// 履行: a part of what was agreed is done (People's Mediation Law art. 31).
    Perform = "perform" [required("instalment", T::Instalment), optional("performed-on", T::Date)];
    /// 答复: an answer to who brought it.
    Reply = "reply" [required("answer", T::LongText)];
    /// 中止: the clocks that may pause stand still.
    Suspend = "suspend" [required("reason", T::LongText)];
    /// Ends a suspension.
    Resume = "resume" [];
    /// 延期: once, approved, with a reason.
    Extend = "extend" [required("reason", T::LongText), required("length", T::Length)];
    /// 转办: responsibility moves to another unit of the county.
    Refer = "refer" [required("unit", T::Unit), required("reason", T::LongText)];
    /// 督办: from above, on record.
    Supervise = "supervise" [required("note", T::LongText)];
    /// Ties it to another matter.
    Link = "link" [required("matter", T::Matter)];
    /// Ends it inside another matter.
    Merge = "merge" [required("matter", T::Matter)];
    /// Opens another matter out of this one.
    Split = "split" [required("title", T::Text), required("parties", T::Parties)];
    /// 结案: it ends, answered.
    Close = "close" [];
    /// 评价: who brought it says how it went, 1 to 5.
    Rate = "rate" [required("rating", T::Rating), optional("comment", T::LongText)];
    /// 重新办理.
    Reopen = "reopen" [required("reason", T::LongText)];
    /// 回访.
    FollowUp = "follow-up" [];
    /// 归档.
    Archive = "archive" [];
}

impl Verb {
    /// Verbs that cannot be one act: whoever does the one does not do the other.
    pub const CLASHES: &'static [(Verb, Verb)] = &[
        (Self::ReportIn, Self::Return),
        (Self::Contribute, Self::Return),
        (Self::Accept, Self::Decline),
        (Self::Agree, Self::Decline),
        (Self::Suspend, Self::Resume),
        (Self::Agree, Self::Perform),
        (Self::Perform, Self::Reopen),
        (Self::Close, Self::Reopen),
        (Self::Archive, Self::Reopen),
    ];

    /// The verb of a name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|v| v.name() == name)
    }

    /// Whether it gives who brought the matter an answer; a matter may only close answered.
    #[must_use]
    pub fn answers(self) -> bool {
        matches!(self, Self::Decline | Self::Agree | Self::Reply | Self::Merge)
    }

    /// Whether an act that registers may do this as well: there is no holder yet to move, and nothing
    /// to answer, stop or tie.
    #[must_use]
    pub fn goes_with_register(self) -> bool {
        matches!(
            self,
            Self::Register | Self::Triage | Self::Record | Self::Accept | Self::Acknowledge
        )
    }

    /// Whether it may change the holder.
    #[must_use]
    pub fn moves_holder(self) -> bool {
        matches!(self, Self::Assign | Self::Escalate | Self::Return | Self::Refer)
    }
}
