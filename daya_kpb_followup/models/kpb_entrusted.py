from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from .kpb_quiet import QUIET


class KpbEntrusted(models.AbstractModel):
    """Work that goes with its activity: who gives the activity to a colleague gives the work.

    The colleague must be one who may have it. Whatever got round that, an import or a colleague
    who left meanwhile, is put right by the reconciliation: the activity goes back to the owner.
    Models that inherit this have a ``user_id``, and activity types of their own.
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
    def _misplaced_domain(self):
        """Return the domain of records whose activity is somebody else's."""
        return Domain.custom(
            to_sql=self._misplaced_sql,
            predicate=lambda record: any(
                activity.user_id != record.user_id for activity in record._own_activities()
            ),
        )

    @api.model
    def _misplaced_sql(self, model, alias, query):
        return SQL(
            """
            %(id)s IN (SELECT work.id FROM %(table)s work
                         JOIN mail_activity given ON given.res_id = work.id
                          AND given.res_model = %(model)s AND given.active
                         JOIN mail_activity_type kind ON kind.id = given.activity_type_id
                          AND kind.res_model = %(model)s
                        WHERE given.user_id IS DISTINCT FROM work.user_id)
            """,
            id=model._field_to_sql(alias, "id", query),
            table=SQL.identifier(model._table),
            model=model._name,
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
