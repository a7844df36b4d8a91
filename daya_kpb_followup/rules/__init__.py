"""The procedures as plain Python: dates, enums, frozen dataclasses, literal tables.

Nothing here imports Odoo, reads a clock or touches a database. Read in this order:
``schedule`` (when is whom to be called), ``coupon`` (until when is a coupon worth a call),
``assignment`` (who makes the call), ``contact`` (who does not want to be called), ``outcomes``
(what can a customer say, and what happens next), ``escalation`` (to whom does it climb), ``lost``
(when is a customer at risk, LOST, or back), ``identity`` (is this a NIK, is this a phone number),
``measures`` (what do managers count, and out of what).
The rest is detail: words to say and write, lists to read.
"""
