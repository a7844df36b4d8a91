from collections.abc import Mapping
from contextlib import suppress

from odoo import models
from odoo.exceptions import UserError

from ..rules.identity import IdentityRefused, mask_nik, parse_nik, parse_phone
from .kpb_validation import CHANNELS, ITEMS

#: Item of the ledger → fields of the customer that it stands for.
FIELDS_OF_ITEM = {
    "name": ("name",),
    "address": ("street",),
    "nik": ("nik",),
    "phone": ("phone",),
    "birth": ("birth_place", "birth_date"),
}


class KpbValidated(models.AbstractModel):
    """The five data items of the unit's customer: confirmed, corrected, demanded (P3, P6, P9)."""

    _name = "kpb.validated"
    _description = "Validated Customer Data"

    def validate_customer(self, channel, values, reference=None):
        """Write into the ledger what the customer confirmed or corrected, and correct the data.

        :param str channel: ``phone`` or ``odm``
        :param dict values: item → what the customer says is right. Items: ``name``, ``address``,
            ``nik``, ``phone``, ``birth`` (a dict with ``place`` and ``date``, or
            "Bandung, 1990-12-31"). What equals the data on file counts as confirmed unchanged;
            True says so without naming it, also of a NIK that the caller may not read.
        :param str reference: number of the validation in ODM
        :return: the new ``kpb.validation`` rows
        :raises UserError: an unknown channel or item, or a value that cannot be right
        """
        self.ensure_one()
        self.check_access("write")
        self._refuse_unknown(channel, dict(CHANNELS), self.env._("Channel"))
        if not values or not isinstance(values, Mapping):
            raise UserError(
                self.env._("Validation: name at least one item: %s.", ", ".join(FIELDS_OF_ITEM))
            )
        for item in values:
            self._refuse_unknown(item, dict(ITEMS), self.env._("Item"))
        # sudo: the caller confirms a NIK that he may not read, and corrects what he hears
        partner = self.partner_id.sudo()
        rows, corrections = [], {}
        for item, value in values.items():
            old = {name: partner[name] for name in FIELDS_OF_ITEM[item]}
            if value is True:
                self._refuse_empty(item, old)
                value = old if item == "birth" else old[FIELDS_OF_ITEM[item][0]]
            new = self._understood(item, value)
            changed = new != self._as_understood(item, old)
            corrections |= {name: new[name] for name in new if new[name] != old[name]}
            rows.append(
                {
                    "partner_id": partner.id,
                    "purchase_id": self.id,
                    "item": item,
                    "channel": channel,
                    "old_value": self._in_ledger(item, old),
                    "new_value": self._in_ledger(item, new),
                    "changed": changed,
                    "reference": reference or False,
                    "user_id": self.env.uid,
                }
            )
        if corrections:
            partner.write(corrections)
        # sudo: the ledger is written by this method only
        return self.env["kpb.validation"].sudo().create(rows).sudo(False)

    def _refuse_unknown(self, value, known, label):
        if value not in list(known):
            raise UserError(
                self.env._(
                    "%(label)s: “%(value)s” is not known. Use one of: %(known)s.",
                    label=label,
                    value=value,
                    known=", ".join(known),
                )
            )

    def _understood(self, item, value):
        """Return the customer's fields that a value means."""
        match item:
            case "nik" | "phone":
                return {item: self._understood_number(item, value)}
            case "birth":
                return self._understood_birth(value)
        text = " ".join(str(value or "").split())
        if not text:
            raise UserError(
                self.env._("%s: enter what the customer said.", self._item_names()[item])
            )
        return {FIELDS_OF_ITEM[item][0]: text}

    def _understood_number(self, item, value):
        try:
            if item == "nik":
                return parse_nik(value, as_of=self.branch_id._today()).nik
            return parse_phone(value).e164
        except IdentityRefused as refused:
            raise UserError(self.env["kpb.identity.text"]._sentence(refused)) from None

    def _understood_birth(self, value):
        if isinstance(value, Mapping) and "birth_date" in value:
            value = {"place": value["birth_place"], "date": value["birth_date"]}
        elif isinstance(value, str):
            place, _comma, day = value.rpartition(",")
            value = {"place": place.strip(), "date": day.strip()}
        known = value if isinstance(value, Mapping) else {}
        place = " ".join(str(known.get("place") or "").split())
        day = self.env["kpb.identity.text"]._birth_date(known.get("date"))
        if not place or not day:
            raise UserError(
                self.env._(
                    "Place and Date of Birth: enter both, for example “Bandung, 1990-12-31”."
                )
            )
        if day > self.branch_id._today():
            raise UserError(self.env._("Date of Birth: %s lies in the future.", day))
        return {"birth_place": place, "birth_date": day}

    def _as_understood(self, item, old):
        """Return the data on file as they would be written today, to compare with what is new."""
        with suppress(UserError):
            if any(old.values()):
                return self._understood(item, old if item == "birth" else next(iter(old.values())))
        return old

    def _refuse_empty(self, item, old):
        if not all(old.values()):
            raise UserError(
                self.env._(
                    "%s: there is nothing on file to confirm. Enter what the customer said.",
                    self._item_names()[item],
                )
            )

    def _item_names(self):
        return dict(self.env["kpb.validation"]._fields["item"]._description_selection(self.env))

    def _in_ledger(self, item, values):
        """Return values as the ledger keeps them; a NIK only by its last digits."""
        texts = [str(value) for value in values.values() if value]
        if item == "nik":
            texts = [mask_nik(text) for text in texts]
        return ", ".join(texts)

    def _missing_items(self):
        """Return the items of the customer that are still empty, in the order of the form."""
        return self.partner_id._kpb_missing_items()

    def _require_five_items(self):
        """Refuse to go on while one of the five items is missing (P9, decision 8).

        :raises UserError: naming what is missing
        """
        missing = self._missing_items()
        if missing:
            names = self._item_names()
            raise UserError(
                self.env._(
                    "Before the offer becomes an opportunity, ask for and enter: %s.",
                    ", ".join(names[item] for item in missing),
                )
            )
