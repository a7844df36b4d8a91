from odoo.tools.sql import column_exists, create_column, table_exists


def add_columns(model, *names):
    """Add the columns of stored fields to a table that is older than they are, empty.

    Called before the ORM meets them: it would compute a new column record by record, for hours
    with a million of them, where one statement fills it.

    :param model: the model whose ``_auto_init`` runs
    :param names: its fields; all are there, or none
    :return: whether they were missing, so that they have to be filled
    """
    cr, table = model.env.cr, model._table
    if not table_exists(cr, table) or column_exists(cr, table, names[0]):
        return False
    for name in names:
        create_column(cr, table, name, model._fields[name].column_type[1])
    return True
