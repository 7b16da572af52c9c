"""The public names: which they are, and that each is documented by an example that runs."""

import doctest
import inspect

import pytest

import twin

PUBLIC = [
    "Command",
    "Line",
    "Run",
    "Snapshot",
    "Trace",
    "TwinError",
    "check",
    "kpi",
    "load",
    "open_run",
    "resume",
    "run",
    "sample",
    "save",
    "snapshot",
    "stream",
]


def test_the_public_names_are_these():
    assert sorted(twin.__all__) == sorted(PUBLIC)
    assert set(PUBLIC) <= set(dir(twin))


def test_a_wrong_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'simulate'"):
        _ = twin.simulate


@pytest.mark.parametrize("name", PUBLIC)
def test_every_public_name_has_a_docstring_with_an_example_that_runs(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    thing = getattr(twin, name)
    assert inspect.getdoc(thing)
    module = inspect.getmodule(thing)
    finder = doctest.DocTestFinder(recurse=False)
    tests = finder.find(thing, name, module=module, globs=dict(vars(module)))
    examples = [example for test in tests for example in test.examples]
    assert examples, f"twin.{name} shows no example"
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
    for test in tests:
        runner.run(test)
    assert runner.summarize().failed == 0


def test_the_package_docstring_runs():
    assert doctest.testmod(twin).failed == 0
