from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import format_date, format_datetime

from ..rules.escalation import Answer
from ..rules.outcomes import OPEN_STATES

#: The card tells the story in so many lines.
CARD_LINES = 3
COLOURS = {
    Answer.OPEN: "warning",
    Answer.RESOLVED: "success",
    Answer.PASSED_ON: "secondary",
    Answer.SILENT: "danger",
    Answer.CONCLUDED: "info",
}
TURN = Markup(
    '<div class="d-flex gap-2 mb-2 {side}"><div class="card {frame} w-75">'
    '<div class="card-body p-2">'
    '<div class="d-flex flex-wrap justify-content-between gap-2 small"><strong>{who}</strong>'
    '<span class="text-muted">{when}</span></div>{badge}'
    '<div class="text-break" style="white-space: pre-line">{text}</div></div></div></div>'
)
BADGE = Markup('<span class="badge text-bg-{colour}">{words}</span>')


class KpbEscalation(models.Model):
    """The story of a call that climbs: what was tried, who was asked, what each one answered."""

    _inherit = "kpb.escalation"

    story = fields.Text(
        compute="_compute_story", compute_sudo=True, help="Every attempt and answer so far."
    )
    story_short = fields.Text(
        compute="_compute_story", compute_sudo=True, help="The last call, answer and visit."
    )
    conversation = fields.Html(
        compute="_compute_conversation", compute_sudo=True, sanitize=False, help="The whole chain."
    )

    @api.depends("followup_id.attempt_ids", "followup_id.escalation_ids.answer")
    @api.depends_context("lang")
    def _compute_story(self):
        for escalation in self:
            calls = escalation._attempt_turns(escalation.followup_id)
            answers = [
                turn
                for turn in escalation._escalation_turns(escalation.followup_id)
                if turn["text"]
            ]
            visit = escalation._visit_words(escalation.followup_id)
            turns = sorted(calls + answers, key=lambda turn: turn["moment"])
            escalation.story = "\n".join([escalation._line(turn) for turn in turns] + visit)
            lines = [escalation._line(turn) for turn in (*calls[-1:], *answers[-1:])] + visit
            if not calls and escalation.followup_id.state in OPEN_STATES:
                lines.insert(0, escalation._never_called(escalation.followup_id))
            reason = escalation.followup_id.result_note
            if reason and len(lines) < CARD_LINES and not any(reason in line for line in lines):
                lines.append(reason)
            escalation.story_short = "\n".join(lines[:CARD_LINES])

    @api.depends("followup_id.attempt_ids", "followup_id.escalation_ids.state")
    @api.depends_context("lang")
    def _compute_conversation(self):
        for escalation in self:
            escalation.conversation = escalation._render_conversation(escalation.followup_id)

    @api.model
    def _never_called(self, followup):
        day = format_date(self.env, followup.deadline, date_format="d MMM")
        if not followup.user_id:
            return self.env._("Not called yet, due %s; nobody is there to call.", day)
        return self.env._(
            "Not called yet, due %(day)s: %(caller)s", day=day, caller=followup.user_id.name
        )

    @api.model
    def _line(self, turn):
        said = " – ".join(filter(None, (turn["words"], turn["text"])))
        return f"{turn['when']} {turn['who']}: {said}"

    @api.model
    def _render_conversation(self, followup):
        """Return the whole chain of a follow-up as HTML, callers left, managers right."""
        turns = sorted(
            self._attempt_turns(followup) + self._escalation_turns(followup),
            key=lambda turn: turn["moment"],
        )
        bubbles = Markup().join(
            TURN.format(
                side="justify-content-end" if turn["colour"] else "",
                frame="border-primary" if turn["colour"] else "bg-view",
                who=turn["who"],
                when=turn["when"],
                badge=BADGE.format(colour=turn["colour"] or "light", words=turn["words"])
                if turn["words"]
                else "",
                text=turn["text"],
            )
            for turn in turns
        )
        visit = Markup().join(
            Markup('<div class="text-muted small text-center mb-2">{}</div>').format(line)
            for line in self._visit_words(followup)
        )
        return bubbles + visit

    @api.model
    def _moment(self, followup, moment):
        return format_datetime(self.env, moment, tz=followup.branch_id.tz, dt_format="d MMM HH:mm")

    @api.model
    def _attempt_turns(self, followup):
        """Return what was tried with the customer, oldest first, slips left out."""
        attempts = followup.attempt_ids
        outcomes = dict(attempts._fields["outcome"]._description_selection(self.env))
        channels = dict(attempts._fields["channel"]._description_selection(self.env))
        return [
            {
                "moment": attempt.date,
                "when": self._moment(followup, attempt.date),
                "who": attempt.user_id.name,
                "words": outcomes.get(attempt.outcome) or channels[attempt.channel],
                "colour": "",
                "text": attempt.note or "",
            }
            for attempt in attempts.sorted("id")
            if not attempt.undone and not attempt.undoes_id
        ]

    @api.model
    def _escalation_turns(self, followup):
        """Return who was asked and what came of it, oldest first."""
        states = dict(self._fields["state"]._description_selection(self.env))
        turns = []
        for line in followup.escalation_ids.sorted("id"):
            asked_at = line.answered_at or line.create_date
            person = line.answered_by_id or line.user_id
            words = states[line.state]
            if line.state == Answer.OPEN:
                due = format_date(self.env, line.due_on, date_format="EEE d MMM")
                words = self.env._("Asked, answer until %s", due)
            text = [line.skipped_note and self.env._("Passed over: %s", line.skipped_note)]
            turns.append(
                {
                    # what is still open stands at the end
                    "moment": line.answered_at or fields.Datetime.now(),
                    "when": self._moment(followup, asked_at),
                    "who": f"{person.name or ''} · {line.level_id.display_name}",
                    "words": words,
                    "colour": COLOURS[Answer(line.state)],
                    "text": "\n".join(filter(None, [line.answer, *text])),
                    "answered": bool(line.answer),
                }
            )
        return turns

    @api.model
    def _visit_words(self, followup):
        """Return the visit that the call ended with, as a list of at most one line."""
        visit = followup.visit_id
        if not visit:
            return []
        places = dict(visit._fields["place"]._description_selection(self.env))
        place = visit.branch_id.name or visit.dealer_name or places[visit.place]
        day = format_date(self.env, visit.date, date_format="d MMM")
        return [self.env._("%(day)s serviced at %(place)s", day=day, place=place)]
