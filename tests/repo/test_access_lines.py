"""Every model of ours has access lines; every access line is about a model that exists."""

import csv
from pathlib import Path

from checkout import ADDON, all_models


def access_problems(addon: Path) -> list[str]:
    """Compare ir.model.access.csv with the models that have rows or forms.

    A line whose model carries the name of another addon is about that addon's model.
    """
    with (addon / "security/ir.model.access.csv").open(newline="") as file:
        lines = list(csv.DictReader(file))
    granted = {line["model_id:id"].rpartition(".")[2].removeprefix("model_") for line in lines}
    foreign = {
        line["model_id:id"].rpartition(".")[2].removeprefix("model_")
        for line in lines
        if line["model_id:id"].rpartition(".")[0] not in ("", addon.name)
    }
    models = {
        found.name.replace(".", "_")
        for found in all_models(addon)
        if found.is_new and found.base != "AbstractModel"
    }
    return (
        [f"{name}: no access line" for name in sorted(models - granted)]
        + [f"{name}: access line without a model" for name in sorted(granted - models - foreign)]
        + [f"{line['id']}: open to everybody" for line in lines if not line["group_id:id"]]
    )


def test_every_model_has_access_lines():
    assert access_problems(ADDON) == []


HEADER = "id,name,model_id:id,group_id:id,perm_read,perm_write,perm_create,perm_unlink\n"
MODELS = """
class One(models.Model):
    _name = "kpb.one"

class Ask(models.TransientModel):
    _name = "kpb.ask"

class Shared(models.AbstractModel):
    _name = "kpb.shared"

class Partner(models.Model):
    _inherit = "res.partner"
"""


def test_missing_stray_and_open_lines_are_found(tmp_path):
    (tmp_path / "models").mkdir()
    (tmp_path / "models/one.py").write_text(MODELS)
    (tmp_path / "security").mkdir()
    access = tmp_path / "security/ir.model.access.csv"
    access.write_text(HEADER + "a,a,model_kpb_one,group,1,0,0,0\nb,b,x.model_kpb_ask,group,1,0,0,0")
    assert access_problems(tmp_path) == []
    access.write_text(access.read_text() + "\nc,c,mail.model_mail_activity_type,group,1,0,0,0")
    assert access_problems(tmp_path) == []
    access.write_text(HEADER + "a,a,model_kpb_two,,1,0,0,0\n")
    assert access_problems(tmp_path) == [
        "kpb_ask: no access line",
        "kpb_one: no access line",
        "kpb_two: access line without a model",
        "a: open to everybody",
    ]
