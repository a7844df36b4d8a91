from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from .kpb_quiet import QUIET


class KpbEntrusted(models.AbstractModel):
    """Work that goes with its activity: who gives the activity to a colleague gives the work.

    The colleague must be one who may have it. Whatever got round that, an import or a colleague
    who left meanwhile, is put right by the reconciliation: the activity goes back to the owner.
    Models that inherit this have a ``user_id`` and activity types of their own, and say in
    ``_open_domain`` what is still to be done.
    """

    _name = "kpb.entrusted"
    _description = "Work That Goes with Its Activity"
    _inherit = ["mail.activity.mixin"]

    def _own_activities(self):
        """Return the activities that stand for the work, without what people added by hand."""
        return self.activity_ids.filtered(
            lambda activity: activity.activity_type_id.res_model == self._name
        )

    @api.model
    def _bare_domain(self):
        """Return the domain of work that hangs in nobody's list."""
        own = [("active", "=", True), ("activity_type_id.res_model", "=", self._name)]
        return Domain("activity_ids", "not any", own)

    @api.model
    def _misplaced_domain(self):
        """Return the domain of open work whose activity is somebody else's."""
        return self._open_domain() & Domain.custom(
            to_sql=self._misplaced_sql,
            predicate=lambda record: any(
                activity.user_id != record.user_id for activity in record._own_activities()
            ),
        )

    @api.model
    def _needless_domain(self):
        """Return the domain of closed work that still hangs in somebody's list."""
        return ~self._open_domain() & Domain.custom(
            to_sql=self._needless_sql, predicate=lambda record: bool(record._own_activities())
        )

    @api.model
    def _misplaced_sql(self, model, alias, query):
        return SQL(
            """
            %(id)s IN (SELECT work.id FROM (%(open_work)s) AS work
                         JOIN mail_activity AS given ON given.res_id = work.id AND %(own)s
                        WHERE given.user_id IS DISTINCT FROM work.user_id)
            """,
            id=model._field_to_sql(alias, "id", query),
            open_work=self._open_work(),
            own=self._is_own(),
        )

    @api.model
    def _needless_sql(self, model, alias, query):
        # as an array, told before: PostgreSQL expects many, and would read all closed work for one
        return SQL(
            """
            %(id)s = ANY(ARRAY(SELECT given.res_id FROM mail_activity AS given
                                 LEFT JOIN (%(open_work)s) AS work ON work.id = given.res_id
                                WHERE work.id IS NULL AND %(own)s))
            """,
            id=model._field_to_sql(alias, "id", query),
            open_work=self._open_work(),
            own=self._is_own(),
        )

    def _open_work(self):
        """Return SQL of all open work and its owners."""
        self.flush_model(["user_id"])
        # sudo: who searches is held to what he may read by the search around it
        return self.sudo()._search(self._open_domain()).select("id", "user_id")

    def _is_own(self):
        """Return SQL of whether an activity stands for the work.

        The types are named one by one: behind a join PostgreSQL expects few activities, and looks
        each of hundreds of thousands up.
        """
        self.env["mail.activity"].flush_model(
            ["active", "activity_type_id", "res_id", "res_model", "user_id"]
        )
        # sudo: which types stand for work is not for everybody to read
        types = self.env["mail.activity.type"].sudo().with_context(active_test=False)
        return SQL(
            "given.active AND given.res_model = %s AND given.activity_type_id = ANY(%s)",
            self._name,
            types.search([("res_model", "=", self._name)]).ids,
        )

    def _follow_activities(self):
        """Give each record to whom its activity was given, or the activity back to its owner."""
        for record in self:
            activities = record._own_activities()
            given = activities.filtered_domain([("user_id", "!=", record.user_id.id)])[:1]
            person = given.user_id
            if person and person in record._may_be_given_to():
                record._give_by_hand(person)
            elif given:
                activities.with_context(**QUIET).user_id = record.user_id
                record._log_given_back(person)

    def _refuse_stranger(self, person):
        """Refuse to give the records to somebody who cannot have them.

        :param person: the ``res.users`` to whom an activity is given
        :raises UserError: saying who can
        """
        for record in self:
            if person not in record._may_be_given_to():
                raise UserError(
                    self.env._(
                        "Assigned to: %(work)s cannot go to %(person)s. Choose one of: %(people)s.",
                        work=record.display_name,
                        person=person.name or self.env._("nobody"),
                        people=", ".join(record._may_be_given_to().mapped("name")),
                    )
                )

    def _may_be_given_to(self):
        """Return the users who may have the work today. Implemented by each model."""
        raise NotImplementedError

    def _give_by_hand(self, person):
        """Make the work that of whom it was given to by hand. Implemented by each model."""
        raise NotImplementedError

    def _refuse_other_day(self, day):
        """Refuse to move the work to another day by its activity. Implemented by each model.

        :param date day: the day it would move to
        :raises UserError: saying how its day is moved
        """
        raise NotImplementedError

    def _move_by_hand(self, day):
        """Move the work to the day of its activity. Implemented by each model that allows it."""
        raise NotImplementedError

    def _log_given_back(self, person):
        """Note that the activity was somebody's who cannot have the work."""
        raise NotImplementedError
