from odoo import models
from odoo.tests import TransactionCase


class TestFieldNames(TransactionCase):
    """A field called like a method of every model would break that method for its model."""

    def test_no_field_hides_a_method_of_the_orm(self):
        hidden = [
            f"{name}.{field}"
            for name, model in self.env.registry.items()
            if name.startswith("kpb.")
            for field in model._fields
            if callable(getattr(models.BaseModel, field, None))
        ]
        self.assertEqual(hidden, [])
