"""Import of article folders: valid rows, refused rows with line and reason, and the changes of a second import."""

from __future__ import annotations

import csv
import json
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from indgang.audit.models import Change
from indgang.audit.trail import System
from indgang.knowledge import articles, import_export, versions
from indgang.knowledge.import_export import ImportReport
from indgang.knowledge.models import Article, ArticleVersion, SearchDocument
from tests.world import MORNING, World

BY = System("test")
GOOD = """---
title: Må jeg få en altan?
service: byggetilladelse
purposes: [vejledning, opret]
audience: everyone
unit: cby
words: [balkon, tagterrasse]
review: 2027-06-14
published: 2026-03-09
links:
  - {title: Byg og Miljø, url: "https://www.bygogmiljoe.dk", kind: self_service, owner: national}
---
Få foreningens ja, og **søg** så.
Det kræver altid tilladelse.

## Det ser vi på

- om altanen passer til huset
"""
ENGLISH = "---\ntitle: May I have a balcony?\nwords: [terrace]\n---\nAsk your association, then apply.\n"


def read(folder: Path, *, at: datetime = MORNING, all_or_nothing: bool = False) -> ImportReport:
    return import_export.import_folder(folder, by=BY, at=at, all_or_nothing=all_or_nothing)


def counts(report: ImportReport) -> tuple[int, int, int, int]:
    return report.created, report.changed, report.unchanged, len(report.bad)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "altan.md").write_text(GOOD, encoding="utf-8")
    (tmp_path / "altan.en.md").write_text(ENGLISH, encoding="utf-8")
    return tmp_path


def test_a_file_becomes_a_published_article(world: World, folder: Path) -> None:
    assert counts(read(folder)) == (2, 0, 0, 0)
    made = Article.objects.get()
    assert (made.slug, made.unit.code, made.owner, made.review_on) == ("altan", "cby", world.ida, date(2027, 6, 14))
    assert {purpose.code for purpose in made.purposes.all()} == {"vejledning", "opret"}
    danish = articles.version_for(made, language="da", at=MORNING)
    assert danish is not None
    assert danish.published_from is not None
    assert danish.short == "Få foreningens ja, og **søg** så. Det kræver altid tilladelse."
    assert danish.body.startswith("## Det ser vi på")
    assert danish.published_from.isoformat() == "2026-03-08T23:00:00+00:00"  # midnight in Copenhagen
    english = articles.version_for(made, language="en", at=MORNING)
    assert english is not None
    assert (english.title, english.body) == ("May I have a balcony?", "")
    assert Change.objects.filter(action="article.import").count() == 2
    assert SearchDocument.objects.filter(kind="article", key="altan").count() == 2


def test_reading_twice_changes_nothing(world: World, folder: Path) -> None:
    read(folder)
    assert counts(read(folder, at=MORNING + timedelta(days=1))) == (0, 0, 2, 0)
    assert ArticleVersion.objects.count() == Change.objects.filter(action="article.import").count() == 2


def test_another_text_is_another_version_and_other_facts_are_not(world: World, folder: Path) -> None:
    read(folder)
    later = MORNING + timedelta(days=1)
    (folder / "altan.md").write_text(GOOD.replace("Få foreningens", "Bed om foreningens"), encoding="utf-8")
    assert counts(read(folder, at=later)) == (0, 1, 1, 0)
    (folder / "altan.md").write_text(
        GOOD.replace("Få foreningens", "Bed om foreningens").replace("everyone", "staff"), encoding="utf-8"
    )
    assert counts(read(folder, at=later)) == (0, 1, 1, 0)
    made = Article.objects.get()
    assert made.audience == "staff"
    held = [articles.version_for(made, language="da", at=at) for at in (MORNING, later)]
    assert [version.number for version in held if version] == [1, 2]


def test_what_the_file_leaves_out_stays_as_people_left_it(world: World, folder: Path) -> None:
    read(folder)
    Article.objects.update(owner=world.david, review_on=date(2028, 1, 1))
    left_out = GOOD.replace("review: 2027-06-14\n", "").replace("audience: everyone\n", "")
    (folder / "altan.md").write_text(left_out, encoding="utf-8")
    assert counts(read(folder)) == (0, 0, 2, 0)
    assert Article.objects.get().owner == world.david


BAD = {
    "ingen-forside.md": ("Bare tekst", 1),
    "uden-svar.md": (GOOD.split("Få")[0], 1),
    "ukendt-enhed.md": (GOOD.replace("unit: cby", "unit: xyz"), 1),
    "ukendt-navn.md": (GOOD.replace("unit: cby", "enhed: cby"), 1),
    "dato.md": (GOOD.replace("2027-06-14", "til maj"), 8),
    "yaml.md": (GOOD.replace("[balkon, tagterrasse]", "[balkon, tagterrasse"), 8),
    "kreds.md": (GOOD.replace("everyone", "alle"), 1),
    "link.md": (GOOD.replace("https://www.bygogmiljoe.dk", "javascript:alert(1)"), 1),
    "Stort Navn.md": (GOOD, 1),
    "kun-engelsk.en.md": (ENGLISH, 1),
    "for-lang.md": (GOOD + "a" * 200_000, 1),
}


def test_every_bad_file_is_named_with_line_and_reason_and_the_good_are_taken(world: World, folder: Path) -> None:
    for name, (text, _line) in BAD.items():
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "latin.md").write_bytes(GOOD.encode("latin-1"))
    report = read(folder)
    assert counts(report) == (2, 0, 0, len(BAD) + 1)
    assert {each.file: each.line for each in report.bad} == {
        "latin.md": 2,
        **{n: line for n, (_t, line) in BAD.items()},
    }
    assert all(len(each.reason) > 10 for each in report.bad)


def test_facts_that_refer_to_each_other_are_refused_with_their_line(world: World, tmp_path: Path) -> None:
    (tmp_path / "bombe.md").write_text("---\ntitle: &a Bombe\nwords: [*a, *a]\n---\nKort.\n", encoding="utf-8")
    (tmp_path / "dyb.md").write_text(f"---\ntitle: {'[' * 9000}\n---\nKort.\n", encoding="utf-8")
    bad = read(tmp_path).bad
    assert [(each.file, each.line) for each in bad] == [("bombe.md", 3), ("dyb.md", 2)]
    assert "Skriv det helt ud" in bad[0].reason
    assert "for mange lag" in bad[1].reason


def test_all_or_nothing_is_nothing_when_one_is_bad(world: World, folder: Path) -> None:
    (folder / "tom.md").write_text("", encoding="utf-8")
    assert counts(read(folder, all_or_nothing=True)) == (0, 0, 0, 1)
    assert not Article.objects.exists()
    (folder / "tom.md").unlink()
    assert counts(read(folder, all_or_nothing=True)) == (2, 0, 0, 0)


def write_table(path: Path, rows: int, bad: dict[int, dict[str, str]], delimiter: str = ",") -> None:
    columns = ["slug", "title", "short", "body", "service", "purposes", "words", "published"]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, delimiter=delimiter)
        writer.writeheader()
        for number in range(rows):
            row = {
                "slug": f"svar-{number}", "title": f"Svar {number}", "short": "Ring, skriv, kom.",
                "body": "Første linje\n\nTredje linje", "service": "affald", "purposes": "vejledning, opret",
                "words": "skrald, affald", "published": "2026-01-02",
            }  # fmt: skip
            writer.writerow(row | bad.get(number, {}))


@pytest.mark.parametrize("delimiter", [",", ";"])
def test_three_bad_rows_of_many_are_found_by_their_lines(world: World, tmp_path: Path, delimiter: str) -> None:
    bad = {7: {"service": "findes-ikke"}, 300: {"title": ""}, 599: {"slug": "svar-0"}}
    write_table(tmp_path / "mange.csv", 600, bad, delimiter)
    report = read(tmp_path)
    assert counts(report) == (597, 0, 0, 3)
    assert [each.line for each in report.bad] == [2 + number * 3 for number in bad]  # each row has three lines
    assert counts(read(tmp_path)) == (0, 0, 597, 3)
    assert Article.objects.filter(unit__code="cmb-jord").count() == 597


@pytest.mark.parametrize(("said", "then"), [("true", True), ("ja", True), ("nej", False)])
def test_a_file_tells_that_others_answer(world: World, folder: Path, tmp_path: Path, said: str, then: bool) -> None:
    (folder / "altan.md").write_text(GOOD.replace("audience:", f"elsewhere: {said}\naudience:"), encoding="utf-8")
    read(folder)
    assert Article.objects.get().elsewhere is then
    assert set(SearchDocument.objects.values_list("elsewhere", flat=True)) == {then}
    for table in (False, True):
        import_export.export_folder(tmp_path / f"out-{table}", at=MORNING, table=table)
        assert counts(read(tmp_path / f"out-{table}")) == (0, 0, 2, 0)


def test_whether_others_answer_is_yes_or_no(world: World, folder: Path) -> None:
    (folder / "altan.md").write_text(GOOD.replace("audience:", "elsewhere: måske\naudience:"), encoding="utf-8")
    assert "elsewhere skal være ja eller nej" in next(bad.reason for bad in read(folder).bad if bad.file == "altan.md")


def test_what_goes_out_comes_in_again_unchanged(world: World, folder: Path, tmp_path: Path) -> None:
    read(folder)
    for table in (False, True):
        out = tmp_path / f"out-{table}"
        assert import_export.export_folder(out, at=MORNING, table=table) == 2
        assert counts(read(out)) == (0, 0, 2, 0)
        before = list(ArticleVersion.objects.order_by("language").values("title", "short", "body", "words", "links"))
        Article.objects.all().delete()
        assert counts(read(out)) == (2, 0, 0, 0)
        after = list(ArticleVersion.objects.order_by("language").values("title", "short", "body", "words", "links"))
        assert after == before


def test_a_draft_survives_a_folder_that_is_read(world: World, folder: Path) -> None:
    read(folder)
    draft = versions.draft(Article.objects.get(), language="da", by=world.ida, at=MORNING)
    (folder / "altan.md").write_text(GOOD.replace("Få", "Bed om"), encoding="utf-8")
    read(folder)
    draft.refresh_from_db()
    assert (draft.state, draft.number) == ("draft", 2)
    assert ArticleVersion.objects.filter(state="published", number=3).exists()


def test_the_command_says_what_it_did_and_fails_when_a_row_was_bad(
    world: World, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("knowledge", "import", str(folder))
    assert "2 created, 0 changed, 0 unchanged, 0 bad" in capsys.readouterr().out
    (folder / "tom.md").write_text("", encoding="utf-8")
    with pytest.raises(CommandError, match="1 could not be used"):
        call_command("knowledge", "import", str(folder))
    assert "tom.md:1: " in capsys.readouterr().err
    call_command("knowledge", "export", str(folder / "ud"))
    assert sorted(path.name for path in (folder / "ud").iterdir())[:2] == ["altan.en.md", "altan.md"]
    with pytest.raises(CommandError):
        call_command("knowledge", "export", str(folder / "altan.md"))
    with pytest.raises(CommandError):
        call_command("knowledge", "import", str(folder / "findes-ikke"))


# --- Invalid rows among valid ones ----------------------------------------------------------------


def _table_of(folder: Path, rows: int, *, spoilt: dict[int, bytes]) -> Path:
    """Write a table of `rows` articles (row 1 is line 2), some of which have these bytes as their title."""
    lines = [b"slug,title,short,unit"]
    for number in range(1, rows + 1):
        title = spoilt.get(number, f"Spørgsmål {number}".encode())
        lines.append(b"artikel-%d,%s,Svar,cby" % (number, title))
    file = folder / "artikler.csv"
    file.write_bytes(b"\n".join(lines) + b"\n")
    return file


def test_one_byte_that_cannot_be_read_costs_its_own_row_alone(world: World, tmp_path: Path) -> None:
    file = _table_of(tmp_path, 400, spoilt={350: b"Sp\xf8rgsm\xe5l", 7: b"\xff"})
    report = read(file)
    assert counts(report) == (398, 0, 0, 2)
    assert [(bad.line, "UTF-8" in bad.reason, "title" in bad.reason) for bad in report.bad] == [
        (8, True, True),
        (351, True, True),
    ]
    assert counts(read(file)) == (0, 0, 398, 2)
    _table_of(tmp_path, 400, spoilt={})
    assert counts(read(file)) == (2, 0, 398, 0)
    assert Article.objects.count() == 400


def test_nothing_is_written_when_nothing_or_everything_was_chosen(world: World, tmp_path: Path) -> None:
    report = read(_table_of(tmp_path, 20, spoilt={9: b"\xff"}), all_or_nothing=True)
    assert counts(report) == (0, 0, 0, 1)
    assert not Article.objects.exists()


def test_a_text_and_a_tree_that_cannot_be_read_say_the_line_of_the_byte(world: World, tmp_path: Path) -> None:
    (tmp_path / "altan.md").write_bytes(GOOD.encode().replace(b"stort", b"").replace("Få".encode(), b"F\xe5"))
    (tmp_path / "vej.yaml").write_bytes(b"title: Vej\nstart: a\nintro: \xe5\n")
    lines = {bad.file: bad.line for bad in read(tmp_path).bad}
    assert lines == {"altan.md": 13, "vej.yaml": 3}


@pytest.mark.parametrize("all_or_nothing", [False, True])
def test_what_the_database_will_not_take_costs_its_own_row_alone(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, all_or_nothing: bool
) -> None:
    original, nothing = import_export._version, json.loads("null")

    def refuse_one(article: Article, fits: Any, *args: Any, **more: Any) -> Any:
        if article.slug == "artikel-3":
            ArticleVersion.objects.create(article=article, language="da", number=nothing)
        return original(article, fits, *args, **more)

    monkeypatch.setattr(import_export, "_version", refuse_one)
    report = read(_table_of(tmp_path, 6, spoilt={}), all_or_nothing=all_or_nothing)
    assert (report.created, [bad.line for bad in report.bad]) == (0 if all_or_nothing else 5, [4])
    assert Article.objects.count() == (0 if all_or_nothing else 5)
