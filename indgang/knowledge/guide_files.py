"""Guides as YAML files of a folder: `<slug>.yaml` is Danish, `<slug>.en.yaml` the same guide in English."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from django.utils.translation import gettext as _

from indgang.audit.trail import Actor
from indgang.catalogue.models import Service, Unit
from indgang.core.refusals import RefusedChange
from indgang.knowledge import guide_versions, guides
from indgang.knowledge.article_files import BadRow, line_of_byte
from indgang.knowledge.models import Guide, Language

#: bytes; a guide with the most steps allowed is far smaller
MOST_BYTES = 2 * 1024 * 1024

_NAME = re.compile(r"(?P<slug>[a-z0-9]+(?:-[a-z0-9]+)*)(?:\.(?P<language>[a-z]{2}))?\.yaml\Z")


def import_trees(path: Path, *, by: Actor, at: datetime) -> Iterator[tuple[str, BadRow | None]]:
    """Publish the guides of a folder or file: "created", "changed" or "unchanged" for each, or "bad" with the reason.

    The articles that the guides link to must exist.
    """
    files = [path] if path.is_file() else sorted(path.rglob("*.yaml"))
    # the Danish file comes first: it creates the guide that the others translate
    for file in sorted(files, key=lambda each: each.name.count(".")):
        if file.suffix != ".yaml":
            continue
        name = file.name if file == path else file.relative_to(path).as_posix()
        try:
            yield _import_tree(file, by=by, at=at), None
        except (guides.GuideError, guide_versions.HasProblems, RefusedChange, OSError, UnicodeDecodeError) as wrong:
            yield "bad", BadRow(name, _line_of(file, wrong), _reason(wrong))


def write(folder: Path, *, at: datetime) -> int:
    """Write every guide in force into `folder`, and return the number of files."""
    count = 0
    for guide in Guide.objects.filter(withdrawn_at__isnull=True).select_related("unit", "service"):
        for language in Language.values:
            version = guide_versions.in_force(guide, language, at)
            if version is None or version.language != language:
                continue
            ending = ".yaml" if language == Language.DANISH else f".{language}.yaml"
            folder.mkdir(parents=True, exist_ok=True)
            text = guides.write_yaml(guide_versions.tree_of(version))
            (folder / f"{guide.slug}{ending}").write_text(text, encoding="utf-8")
            count += 1
    return count


def _import_tree(file: Path, *, by: Actor, at: datetime) -> str:
    named = _NAME.match(file.name)
    if named is None:
        raise RefusedChange({"": _("Filens navn skal være a-z, 0-9 og bindestreg, og ende på .yaml eller .en.yaml.")})
    if file.stat().st_size > MOST_BYTES:
        raise RefusedChange({"": _("Filen er for stor til en vejviser.")})
    tree = guides.read_yaml(file.read_text(encoding="utf-8-sig"))
    service = Service.objects.select_related("unit").filter(code=tree.service).first() if tree.service else None
    unit = Unit.objects.filter(code=tree.unit).first() if tree.unit else service and service.unit
    if tree.service and service is None:
        raise RefusedChange(
            {"service": _("%(name)s: “%(code)s” findes ikke.") % {"name": "service", "code": tree.service}}
        )
    if tree.unit and unit is None:
        raise RefusedChange({"unit": _("%(name)s: “%(code)s” findes ikke.") % {"name": "unit", "code": tree.unit}})
    if unit is None:
        raise RefusedChange({"unit": _("Skriv, hvilken enhed vejviseren hører til.")})
    return guide_versions.import_tree(named["slug"], tree, unit=unit, service=service, by=by, at=at)


def _line_of(file: Path, wrong: Exception) -> int:
    """The line of the error, as far as the error gives one."""
    return line_of_byte(file.read_bytes(), wrong.start) if isinstance(wrong, UnicodeDecodeError) else 1


def _reason(wrong: Exception) -> str:
    if isinstance(wrong, guide_versions.HasProblems):
        return " ".join(
            f"{problem.step}: {guide_versions.sentence(problem)}" if problem.step else guide_versions.sentence(problem)
            for problem in wrong.problems
        )
    if isinstance(wrong, guides.GuideError):
        return f"{wrong.step}: {wrong.reason}" if wrong.step else wrong.reason
    if isinstance(wrong, UnicodeDecodeError):
        return _("Filen er ikke skrevet i UTF-8.")
    return str(wrong)
