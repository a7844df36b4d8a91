"""The procedures as plain Python: dates, enums, frozen dataclasses, literal tables.

Nothing here imports Odoo, reads a clock or touches a database. Read in this order:
``schedule`` (when is whom to be called), ``coupon`` (until when is a coupon worth a call),
``assignment`` (who makes the call).
"""
