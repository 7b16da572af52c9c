"""Reference pages of the judge: its tests, the tables of claims, the broken solutions."""

from __future__ import annotations

import json
from importlib import import_module

BROKEN = """\
# Broken solutions

Who judges the judge? Each of these solutions has one thing wrong that people have really shipped.
The tests run them beside a sound one: the sound one must pass, and each broken one must fail
exactly the tests named here, so none survives. Gateways and MES run over OPC UA, all at once, on
one live line each (MES that only report wrongly share a recording, those that give wrong
orders have a line of their own); models get the same data
sets as the sound model.
"""
KINDS = (
    ("gateway", "MUTANTS", "Gateways"),
    ("mes", "MUTANTS", "MES"),
    ("mes_orders", "MUTANTS", "MES: genealogy, recalls and orders"),
    ("mes_basic", "MUTANTS", "MES at level 1"),
    ("mes_outage", "MUTANTS", "MES in an outage"),
    ("mes_charts", "MUTANTS", "MES: control charts"),
    ("ai", "MUTANTS", "Detectors"),
    ("rul", "RUL_MUTANTS", "Estimators of remaining life"),
)


def mutants() -> str:
    """Broken solutions against tests."""
    text = BROKEN
    for kind, name, title in KINDS:
        table = getattr(import_module(f"examples.mutants.{kind}"), name)
        text += f"\n## {title}\n\n| Broken solution | What is wrong | Fails |\n|---|---|---|\n"
        for key, one in table.items():
            fails = ", ".join(f"`{test}`" for test in sorted(one.fails))
            text += f"| `{key}` | {one.broken.removesuffix('.')} | {fails} |\n"
    return text


def claims() -> str:
    """Claim tables and their columns."""
    from twin.judge.claims import CLAIMS

    text = "# Tables of claims\n\nWhat a solution hands in to the "
    text += "[judge](../howto/judge-your-software.md). "
    text += "**Bold** columns must be there. Times are dates (ISO 8601) or numbers since 1970.\n"
    for table in CLAIMS.values():
        text += f"\n## {table.name}\n\n{table.meaning.en} ({table.kind})\n\n"
        text += "| Column | Type | Meaning |\n|---|---|---|\n"
        for one in table.columns:
            name = f"**`{one.name}`**" if one.required else f"`{one.name}`"
            unit = f", {one.unit}" if one.unit not in ("", "1") else ""
            text += f"| {name} | {one.type} | {one.meaning.en}{unit} |\n"
    return text


def tests() -> str:
    """Every check, with its threshold and what the threshold rests on."""
    from twin.judge.registry import all_checks

    text = "# Tests of the judge\n\nDefault thresholds; a plan sets its own. "
    text += "A: assumed by us; V: from the document named.\n"
    for kind, title in (("gateway", "Gateway"), ("mes", "MES"), ("ai", "AI")):
        rows = [one for one in all_checks() if one.kind == kind]
        if not rows:
            continue
        text += f"\n## {title}\n\n| Test | Measure | Required | Basis | After | Clocks |\n"
        text += "|---|---|---|---|---|---|\n"
        for one in rows:
            sign = "≤" if one.better == "low" else "≥"
            required = f"{sign} {one.threshold:g} {one.unit}".replace(" 1", " 1").strip()
            text += f"| `{one.id}` | {one.title.en} | {required} | {one.basis} | {one.standard} "
            text += f"| {', '.join(one.clocks)} |\n"
    return text


def report_schema() -> str:
    """The JSON Schema of report.json."""
    from twin.judge.report.model import Report

    return json.dumps(Report.model_json_schema(), indent=2, ensure_ascii=False) + "\n"
