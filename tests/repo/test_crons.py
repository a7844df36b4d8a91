"""Scheduled jobs cannot be started over RPC and survive an upgrade as they were set."""

import ast
from pathlib import Path

from checkout import ADDON, all_models
from lxml import etree

#: What may stand between the model and the job in a cron's code.
STEPS_ON_THE_WAY = ("sudo", "with_context")


def cron_records(addon: Path) -> list[tuple[Path, etree._Element]]:
    """Return (file, record) for each scheduled action in the addon's data."""
    return [
        (file, record)
        for file in sorted(addon.rglob("*.xml"))
        for record in etree.parse(file).iterfind(".//record[@model='ir.cron']")
    ]


def called_methods(code: str) -> list[str]:
    """Return the names of the methods that a cron's code calls."""
    calls = (node for node in ast.walk(ast.parse(code.strip())) if isinstance(node, ast.Call))
    return [node.func.attr for node in calls if isinstance(node.func, ast.Attribute)]


def cron_problems(addon: Path) -> list[str]:
    """Check names, existence and noupdate of the methods behind the scheduled actions."""
    methods = {
        node.name
        for found in all_models(addon)
        for node in found.node.body
        if isinstance(node, ast.FunctionDef)
    }
    public = sorted(name for name in methods if "cron" in name and not name.startswith("_"))
    problems = [f"{name}: public cron method" for name in public]
    for _file, record in cron_records(addon):
        name = record.get("id")
        called = set(called_methods(record.findtext("field[@name='code']", ""))) - set(
            STEPS_ON_THE_WAY
        )
        if not called:
            problems.append(f"{name}: calls no method")
        problems += [f"{name}: {m} is not private" for m in called if not m.startswith("_cron_")]
        problems += [f"{name}: there is no {m}" for m in called - methods]
        if not record.xpath("ancestor::*[@noupdate='1' or @noupdate='True']"):
            problems.append(f"{name}: not in noupdate")
    return problems


def test_cron_methods_are_private_and_exist():
    assert cron_records(ADDON), "the addon has scheduled actions"
    assert cron_problems(ADDON) == []


CRON = """<odoo{noupdate}><record id="ir_cron_x" model="ir.cron">
<field name="code">{code}</field></record></odoo>"""
MODEL = 'class A(models.Model):\n    _name = "kpb.a"\n    def {method}(self):\n        pass\n'


def test_public_missing_and_overwritten_crons_are_found(tmp_path):
    assert problems_of(tmp_path, "_cron_x", "model._cron_x()", ' noupdate="1"') == []
    assert problems_of(tmp_path, "cron_x", "model.sudo().cron_x()", "") == [
        "cron_x: public cron method",
        "ir_cron_x: cron_x is not private",
        "ir_cron_x: not in noupdate",
    ]
    assert problems_of(tmp_path, "_cron_x", "model._cron_y()", ' noupdate="1"') == [
        "ir_cron_x: there is no _cron_y"
    ]
    assert problems_of(tmp_path, "_cron_x", "pass", ' noupdate="1"') == [
        "ir_cron_x: calls no method"
    ]


def problems_of(addon: Path, method: str, code: str, noupdate: str) -> list[str]:
    """Return the problems of an addon with one model method and one scheduled action."""
    (addon / "models").mkdir(exist_ok=True)
    (addon / "models/a.py").write_text(MODEL.format(method=method))
    (addon / "cron.xml").write_text(CRON.format(noupdate=noupdate, code=code))
    return cron_problems(addon)
