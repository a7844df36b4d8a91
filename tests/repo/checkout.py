"""What the repository checks read: the checkout, the addon, its manifest, its model classes."""

import ast
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).parents[2]
ADDON = CHECKOUT / "daya_kpb_followup"

#: Folders of an addon that hold model classes.
MODEL_FOLDERS = ("models", "wizard", "report")
MODEL_BASES = ("Model", "TransientModel", "AbstractModel")


@dataclass(frozen=True)
class ModelClass:
    """A class statement that defines or extends a model.

    :param file: where it stands
    :param base: ``Model``, ``TransientModel`` or ``AbstractModel``
    :param name: value of ``_name``, "" when it only extends
    :param inherits: values of ``_inherit``
    """

    file: Path
    node: ast.ClassDef
    base: str
    name: str
    inherits: tuple[str, ...]

    @property
    def model(self) -> str:
        """Return the model that the class is about."""
        return self.name or (self.inherits[0] if self.inherits else "")

    @property
    def is_new(self) -> bool:
        """Return whether the class brings a model that did not exist before."""
        return bool(self.name) and self.name not in self.inherits


def manifest(addon: Path) -> dict:
    """Return the manifest of an addon folder."""
    return ast.literal_eval((addon / "__manifest__.py").read_text())


def tracked_files(checkout: Path) -> list[Path]:
    """Return the files of a checkout that are, or are about to be, under version control."""
    listing = subprocess.run(
        ["git", "-c", "safe.directory=*", "ls-files", "-z", "-co", "--exclude-standard"],
        cwd=checkout,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    names = sorted({name for name in listing.split("\0") if name})
    return [checkout / name for name in names if (checkout / name).is_file()]


def text_of(file: Path) -> str | None:
    """Return the text of a file, or None when it is not text."""
    content = file.read_bytes()
    if b"\0" in content:
        return None
    return content.decode(errors="replace")


def python_files(folder: Path) -> list[Path]:
    """Return the Python files below a folder, in a stable order."""
    return sorted(folder.rglob("*.py"))


def model_files(addon: Path) -> list[Path]:
    """Return the Python files of an addon in which models belong."""
    return [file for name in MODEL_FOLDERS for file in python_files(addon / name)]


def model_classes(file: Path) -> Iterator[ModelClass]:
    """Yield the model classes of a file."""
    for node in ast.parse(file.read_text()).body:
        if not isinstance(node, ast.ClassDef):
            continue
        base = next((name for name in map(_base_name, node.bases) if name in MODEL_BASES), None)
        if base:
            names, inherits = _strings(node, "_name"), _strings(node, "_inherit")
            yield ModelClass(file, node, base, names[0] if names else "", inherits)


def all_models(addon: Path) -> list[ModelClass]:
    """Return every model class of an addon."""
    return [found for file in model_files(addon) for found in model_classes(file)]


def _base_name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def _strings(node: ast.ClassDef, attribute: str) -> tuple[str, ...]:
    for statement in node.body:
        if isinstance(statement, ast.Assign) and any(
            getattr(target, "id", "") == attribute for target in statement.targets
        ):
            value = ast.literal_eval(statement.value)
            return (value,) if isinstance(value, str) else tuple(value)
    return ()
