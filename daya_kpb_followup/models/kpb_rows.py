from odoo import api, models
from odoo.tools import SQL

#: The addons whose own ways to create what this class creates are known and need no call.
KNOWN_MODULES = frozenset({"mail", "daya_kpb_followup"})

#: Types of fields that Odoo keeps in another form than the database.
FORMATTED = frozenset({"binary", "html", "json", "properties", "properties_definition"})


class KpbRows(models.AbstractModel):
    """Creates many records at once, with the rows that Odoo itself would make.

    Odoo's ``create`` takes a third of a millisecond per record and writes each row twice, for
    values that are known beforehand (ADR 0022). Here a chunk is one statement. Where somebody
    listens to the creation, another addon or an automation rule, or has given the model computed
    columns, it is Odoo's ``create`` all the same.
    """

    _name = "kpb.rows"
    _description = "Rows in Bulk"

    @api.model
    def _create(self, model, vals_list):
        """Create the records of a chunk; in superuser mode and under ``QUIET`` only.

        :param model: empty recordset that says which model, and in which context
        :param list vals_list: as for ``create``
        :return: the records, in the same order
        """
        if not vals_list:
            return model.browse()
        if not self._is_alone(model):
            return model.create(vals_list)
        return self._insert(model, vals_list, [{}] * len(vals_list))

    @api.model
    def _insert(self, model, vals_list, computed_list):
        """Insert the rows of records, whoever listens; arguments as for ``_create``, and:

        :param list computed_list: for each record, the readonly columns that Odoo would compute
        """
        new = self._of_a_new_record(model)
        given = [vals | computed for vals, computed in zip(vals_list, computed_list, strict=True)]
        now, user = self.env.cr.now(), self.env.uid
        log = {"create_uid": user, "create_date": now, "write_uid": user, "write_date": now}
        columns = [name for name, field in model._fields.items() if self._is_column(field)]
        columns.remove("id")
        said = {name for vals in given for name in vals}
        unsaid = {name for name in columns if not all(name in vals for vals in given)}
        same = model.default_get([name for name in columns if name in unsaid - new.keys()])
        same |= new | log
        values = {
            name: self._column(
                model, name, [vals.get(name, same.get(name)) for vals in given], name in said
            )
            for name in columns
        }
        records = model.browse(self._write_rows(model, values, len(given)))
        for name, column in values.items():
            field = model._fields[name]
            if field.type not in FORMATTED and not field.translate:
                field._insert_cache(records, column * (len(given) // len(column)))
        self._tell_dependents(records, given, said, [*new, *computed_list[0]])
        return records

    @api.model
    def _column(self, model, name, given, differs):
        """Return a column's values for the database: one where they are all the same."""
        if not differs:
            given = given[:1]
        field = model._fields[name]
        values = [
            None if value is None else field.convert_to_column_insert(value, model)
            for value in given
        ]
        same = all(value == values[0] for value in values)
        return values[:1] if same else values

    @api.model
    def _write_rows(self, model, values, number):
        """Insert rows; what they have in common is sent once.

        :param dict values: column → its values, one for all rows or one for each
        :param int number: how many rows
        :return: the ids, in the order of the rows
        """
        shared = [name for name, column in values.items() if len(column) < number]
        own = [name for name in values if name not in shared]
        kind = {name: SQL(model._fields[name].column_type[1]) for name in values}
        return [
            id_
            for (id_,) in self.env.execute_query(
                SQL(
                    "INSERT INTO %s (%s) SELECT %s FROM unnest(%s) WITH ORDINALITY AS own(%s)"
                    " ORDER BY place RETURNING id",
                    SQL.identifier(model._table),
                    SQL(", ").join(SQL.identifier(name) for name in (*own, *shared)),
                    SQL(", ").join(
                        [
                            *(SQL.identifier("own", name) for name in own),
                            *(SQL("%s::%s", values[name][0], kind[name]) for name in shared),
                        ]
                    ),
                    SQL(", ").join(SQL("%s::%s[]", values[name], kind[name]) for name in own),
                    SQL(", ").join(SQL.identifier(name) for name in (*own, "place")),
                )
            )
        ]

    @api.model
    def _is_column(self, field):
        return bool(field.store and field.column_type)

    @api.model
    def _of_a_new_record(self, model):
        """Return the computed columns that follow from rows which a new record has not yet."""
        names = [
            name
            for name, field in model._fields.items()
            if self._is_column(field)
            and field.compute
            and field.readonly
            and (needed := field.get_depends(model)[0])
            and all(model._fields[path.split(".")[0]].type == "one2many" for path in needed)
        ]
        empty = model.new()
        return {name: model._fields[name].convert_to_write(empty[name], empty) for name in names}

    @api.model
    def _is_alone(self, model, computed=()):
        """Return whether nobody but those known listens to the creation of a model's records.

        :param computed: names of the readonly computed columns that the caller knows
        """
        kind = type(model)
        listeners = {base._module for base in kind.mro() if "create" in vars(base) and base._module}
        unforeseen = {
            name
            for name, field in model._fields.items()
            if self._is_column(field) and field.compute and field.readonly
        } - {*computed, *self._of_a_new_record(model)}
        # an automation rule puts itself into the class that is built for the database
        patched = "create" in vars(kind)
        return not patched and not unforeseen and listeners <= KNOWN_MODULES

    @api.model
    def _tell_dependents(self, records, given, said, computed):
        """Let what is computed from the new records be computed anew, but not themselves."""
        model = records.browse()
        own = [model._fields[name] for name in computed]
        with self.env.protecting(own, records):
            records.modified(model._fields, create=True)
        for name in said:
            field = model._fields[name]
            if field.type == "many2one":
                parents = {vals[name] for vals in given if vals.get(name)}
                for inverse in self.pool.field_inverses[field]:
                    inverse._invalidate_cache(self.env, parents)
        records._validate_fields(said)
