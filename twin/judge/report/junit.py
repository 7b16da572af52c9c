"""A report as JUnit XML: a suite a solution, a case a check."""

from __future__ import annotations

from xml.etree.ElementTree import Element, SubElement, tostring

from twin.judge.report.model import Report, Test

OUTCOME = {"FAIL": "failure", "NOT SEPARABLE": "error", "NOT JUDGED": "error"}


def junit(report: Report) -> bytes:
    """The document; what could not be told apart or judged is an error there."""
    root = Element("testsuites", name=report.title)
    for solution in report.solutions:
        mine = [one for one in report.tests if one.solution == solution.name]
        suite = SubElement(
            root, "testsuite", name=solution.name, tests=str(len(mine)),
            failures=str(sum(OUTCOME.get(one.verdict) == "failure" for one in mine)),
            errors=str(sum(OUTCOME.get(one.verdict) == "error" for one in mine)),
            timestamp=report.made_at,
        )  # fmt: skip
        for one in mine:
            case = SubElement(suite, "testcase", classname=one.test, name=one.id)
            kind = OUTCOME.get(one.verdict)
            if kind is not None:
                SubElement(case, kind, message=message(one), type=one.verdict)
    return bytes(tostring(root, encoding="utf-8", xml_declaration=True))


def message(test: Test) -> str:
    """A test's result in one line."""
    if test.value is None:
        return test.note
    sign = "<=" if test.better == "low" else ">="
    text = f"{test.title.en}: {test.value:g} {test.unit}".rstrip()
    text += f", required {sign} {test.threshold:g}"
    if test.cause:
        text += f"; caused by {test.cause}"
    return f"{text}. {test.note}" if test.note else text
