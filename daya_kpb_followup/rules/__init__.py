"""The procedures as plain Python: dates, enums, frozen dataclasses, literal tables.

Nothing here imports Odoo, reads a clock or touches a database. Read in this order:
``schedule`` (when is whom to be called), ``coupon`` (until when is a coupon worth a call),
``assignment`` (who makes the call), ``contact`` (who does not want to be called), ``outcomes``
(what can a customer say, and what happens next), ``identity`` (is this a NIK, is this a phone
number).
"""
