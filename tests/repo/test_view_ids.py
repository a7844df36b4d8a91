"""External ids tell what they are: <model>_view_<type>, <model>_action, …_menu."""

import re
from collections.abc import Iterator
from pathlib import Path

from checkout import ADDON
from lxml import etree

VIEW_TYPES = "activity|calendar|form|graph|kanban|list|pivot|search"


def id_problems(addon: Path) -> list[str]:
    """Check the ids of views, window actions and menus, and that none is used twice."""
    problems = []
    seen: set[str] = set()
    for file in sorted(addon.rglob("*.xml")):
        if file.relative_to(addon).parts[0] in ("static", "tests"):
            continue
        for node in etree.parse(file).iter("record", "menuitem", "template"):
            name = node.get("id", "")
            if name in seen:
                problems.append(f"{name}: used twice")
            seen.add(name)
            problems += [f"{name}: expected {expected}" for expected in broken_pattern(node)]
    return problems


def broken_pattern(node: etree._Element) -> Iterator[str]:
    """Yield the pattern that the id of a record or menu should follow and does not."""
    name = node.get("id", "").rpartition(".")[2]
    kind = node.get("model", node.tag)
    if kind == "ir.ui.view":
        model = field(node, "model")
        pattern = rf"{model}_view_({VIEW_TYPES})(_\w+)?"
        if model and not re.fullmatch(pattern, name):
            yield f"{model}_view_<type>"
    elif kind == "ir.actions.act_window":
        model = field(node, "res_model")
        if not re.fullmatch(rf"{model}_action(_\w+)?", name):
            yield f"{model}_action"
    elif kind in ("menuitem", "ir.ui.menu") and not re.search(r"_menu(_\w+)?$", name):
        yield "…_menu"


def field(record: etree._Element, name: str) -> str:
    """Return a field's text of a record, a model's name with underscores."""
    return record.findtext(f"field[@name='{name}']", "").strip().replace(".", "_")


def test_ids_follow_the_guideline():
    assert id_problems(ADDON) == []


def test_other_ids_are_found(tmp_path):
    (tmp_path / "views").mkdir()
    write_record(tmp_path, "kpb_one_view_form", "ir.ui.view", "model")
    assert id_problems(tmp_path) == []
    write_record(tmp_path, "view_kpb_one_form", "ir.ui.view", "model")
    assert id_problems(tmp_path) == ["view_kpb_one_form: expected kpb_one_view_<type>"]
    write_record(tmp_path, "action_kpb_one", "ir.actions.act_window", "res_model")
    assert id_problems(tmp_path) == ["action_kpb_one: expected kpb_one_action"]
    (tmp_path / "views/a.xml").write_text('<odoo><menuitem id="a"/><menuitem id="a_menu"/></odoo>')
    assert id_problems(tmp_path) == ["a: expected …_menu"]
    (tmp_path / "views/a.xml").write_text('<odoo><record id="a"/><record id="a"/></odoo>')
    assert id_problems(tmp_path) == ["a: used twice"]


def write_record(addon: Path, name: str, kind: str, model_field: str) -> None:
    """Write a view file with one record about the model kpb.one."""
    (addon / "views/a.xml").write_text(
        f'<odoo><record id="{name}" model="{kind}">'
        f'<field name="{model_field}">kpb.one</field></record></odoo>'
    )
