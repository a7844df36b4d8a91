"""One model a file, the file named after the model; public methods are documented."""

import ast
from pathlib import Path

from checkout import ADDON, all_models, model_classes, model_files


def naming_problems(addon: Path) -> list[str]:
    """Check that a file's name tells the one model inside it.

    A model that is split by subject has further files ``<model>_<subject>.py`` which extend it.
    """
    problems = []
    for file in model_files(addon):
        if file.name == "__init__.py":
            continue
        where = file.relative_to(addon).as_posix()
        found = list(model_classes(file))
        if len(found) != 1:
            problems.append(f"{where}: {len(found)} models, expected one")
            continue
        expected = found[0].model.replace(".", "_")
        by_subject = not found[0].is_new and file.stem.startswith(f"{expected}_")
        if file.stem != expected and not by_subject:
            problems.append(f"{where}: holds {found[0].model}, expected {expected}.py")
    return problems


def import_problems(addon: Path) -> list[str]:
    """Check that every file of models or tests is imported by the __init__ beside it."""
    problems = []
    for file in [*model_files(addon), *sorted((addon / "tests").glob("test_*.py"))]:
        if file.name == "__init__.py":
            continue
        imported = {
            alias.name
            for node in ast.walk(ast.parse((file.parent / "__init__.py").read_text()))
            if isinstance(node, ast.ImportFrom)
            for alias in node.names
        }
        if file.stem not in imported:
            problems.append(f"{file.relative_to(addon).as_posix()}: not imported")
    return problems


def docstring_problems(addon: Path) -> list[str]:
    """Check that each new model and each method that RPC can call says what it does."""
    problems = []
    for found in all_models(addon):
        if found.is_new and not ast.get_docstring(found.node):
            problems.append(f"{found.model}: the class has no docstring")
        for node in found.node.body:
            is_public = isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
            if is_public and not ast.get_docstring(node):
                problems.append(f"{found.model}.{node.name}: no docstring")
    return problems


def test_one_model_a_file_named_after_it():
    assert naming_problems(ADDON) == []


def test_every_file_of_models_and_tests_is_imported():
    assert import_problems(ADDON) == []


def test_models_and_their_public_methods_have_docstrings():
    assert docstring_problems(ADDON) == []


def test_wrong_names_and_second_models_are_found(tmp_path):
    write(tmp_path, "kpb_one.py", model("kpb.one"))
    write(tmp_path, "kpb_one_import.py", 'class A(models.Model):\n    _inherit = "kpb.one"\n')
    assert naming_problems(tmp_path) == []
    write(tmp_path, "kpb_one_two.py", model("kpb.two"))
    write(tmp_path, "kpb_three.py", model("kpb.three") + model("kpb.four"))
    write(tmp_path, "tools.py", "X = 1\n")
    assert naming_problems(tmp_path) == [
        "models/kpb_one_two.py: holds kpb.two, expected kpb_two.py",
        "models/kpb_three.py: 2 models, expected one",
        "models/tools.py: 0 models, expected one",
    ]


def test_files_that_nobody_imports_are_found(tmp_path):
    write(tmp_path, "kpb_one.py", model("kpb.one"))
    write(tmp_path, "kpb_two.py", model("kpb.two"))
    write(tmp_path, "__init__.py", "from . import kpb_one\n")
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests/__init__.py").write_text("")
    (tmp_path / "tests/test_one.py").write_text("")
    assert import_problems(tmp_path) == [
        "models/kpb_two.py: not imported",
        "tests/test_one.py: not imported",
    ]


def test_missing_docstrings_are_found(tmp_path):
    body = "    def open(self):\n        pass\n    def _close(self):\n        pass\n"
    write(tmp_path, "kpb_one.py", model("kpb.one") + body)
    assert docstring_problems(tmp_path) == [
        "kpb.one: the class has no docstring",
        "kpb.one.open: no docstring",
    ]


def model(name: str) -> str:
    """Return the source of a model without a docstring."""
    return f'class A(models.Model):\n    _name = "{name}"\n'


def write(addon: Path, name: str, source: str) -> None:
    """Write a file of the models folder."""
    (addon / "models").mkdir(exist_ok=True)
    (addon / "models" / name).write_text(source)
