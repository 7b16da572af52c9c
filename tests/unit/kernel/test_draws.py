"""Variates: the right means and spreads, never negative, indexable."""

from __future__ import annotations

import numpy as np
import pytest

from twin.kernel.draws import BLOCK, SAMPLERS, Draws
from twin.line import values
from twin.seeds import key, stream

LAWS = [
    (values.Fixed(mean="7 s"), 7.0, 0.0),
    (values.Exponential(kind="exponential", mean="3 s"), 3.0, 3.0),
    (values.Uniform(kind="uniform", low="1 s", high="4 s"), 2.5, 3.0 / 12**0.5),
    (values.Triangular(kind="triangular", low="0 s", mode="3 s", high="6 s"), 3.0, 1.5**0.5),
    (values.Triangular(kind="triangular", low="2 s", mode="2 s", high="2 s"), 2.0, 0.0),
    (values.Normal(kind="normal", mean="9 s", sd="1 s"), 9.0, 1.0),
    (values.Lognormal(kind="lognormal", mean="5 s", sigma=0.5), 5.0, 5.0 * 0.53294),
    (values.Weibull(kind="weibull", mean="4 s", shape=2.0), 4.0, 4.0 * 0.522723),
    (values.Weibull(kind="weibull", mean="4 s", shape=1.0), 4.0, 4.0),
    (values.Erlang(kind="erlang", mean="6 s", phases=4), 6.0, 3.0),
    (values.Automatic(kind="automatic", mean="20 s"), 20.0 * 1.0002, 20.0 * 0.00447),
    # two lines of logarithms: 1 to 4 s and 4 to 16 s; mean (3 + 12) / (2 ln 4)
    (
        values.Measured(kind="measured", times=["1 s", "4 s", "16 s"], memory=0.3),
        15.0 / (2 * np.log(4.0)),
        (255.0 / (4 * np.log(4.0)) - (15.0 / (2 * np.log(4.0))) ** 2) ** 0.5,
    ),
    # two exponentials: 0.6 of mean 1 s, 0.4 of mean 23.5 s; E[x^2] = 2 (0.6 + 0.4 23.5^2)
    (
        values.Bursts(kind="bursts", mean="10 s", share=0.6, close="1 s"),
        10.0,
        (2 * (0.6 + 0.4 * 23.5**2) - 100.0) ** 0.5,
    ),
]


def test_every_distribution_of_the_schema_has_a_sampler():
    assert set(SAMPLERS) == set(values.Drawn.__args__)


@pytest.mark.parametrize(("law", "mean", "sd"), LAWS, ids=lambda x: getattr(x, "kind", ""))
def test_mean_and_spread(law, mean: float, sd: float):
    draws = Draws(11, "M", "cycle", law)
    x = np.array([draws.pop() for _ in range(40 * BLOCK)])
    assert (x >= 0.0).all()
    assert x.mean() == pytest.approx(mean, abs=4.5 * sd / np.sqrt(len(x)) + 1e-12)
    assert x.std() == pytest.approx(sd, rel=0.25, abs=1e-12)


def test_an_automatic_cycle_is_tight_and_now_and_then_a_little_long():
    draws = Draws(3, "M", "cycle", values.Automatic(kind="automatic", mean="20 s"))
    x = np.array([draws.pop() for _ in range(40 * BLOCK)]) / 20.0
    assert 0.001 < (x > 1.01).mean() < 0.008
    assert x.min() > 0.98


@pytest.mark.parametrize("law", ["normal", "uniform"])
def test_standard_streams(law: str):
    draws = Draws(1, "M", "u", law)
    x = np.array([draws.pop() for _ in range(20 * BLOCK)])
    mean, sd = (0.0, 1.0) if law == "normal" else (0.5, 12**-0.5)
    assert x.mean() == pytest.approx(mean, abs=4.5 * sd / np.sqrt(len(x)))
    assert x.std() == pytest.approx(sd, rel=0.03)


def test_a_block_needs_only_its_number():
    assert np.array_equal(
        stream(5, "M", "cycle", 1000).random(4), stream(5, "M", "cycle", 1000).random(4)
    )
    assert not np.array_equal(
        stream(5, "M", "cycle", 1000).random(4), stream(5, "M", "cycle", 1001).random(4)
    )


def test_names_are_told_apart_from_their_joints():
    assert key(1, "A", "BC") != key(1, "AB", "C")
    assert key(1, "A") != key(11, "A")
    assert 0 <= key(2**200, "A") < 2**128


def test_the_rest_of_a_block_stays_one_list():
    """A machine keeps a reference to it."""
    draws = Draws(1, "M", "u", "uniform")
    rest = draws.values
    for _ in range(2 * BLOCK + 1):
        draws.pop()
    assert draws.values is rest
    assert len(rest) == BLOCK - 1


def of(law: values.Drawn, blocks: int) -> np.ndarray:
    draws = Draws(21, "M", "repair", law)
    return np.array([draws.pop() for _ in range(blocks * BLOCK)]).reshape(blocks, BLOCK)


@pytest.mark.parametrize("memory", [0.0, 0.3, 0.9])
def test_the_logarithms_of_stops_remember_the_one_before(memory: float):
    law = values.Lognormal(kind="lognormal", mean="5 s", sigma=0.8, memory=memory)
    z = (np.log(of(law, 60)) - np.log(5.0)) / 0.8 + 0.4
    lags = [(z[:, k:] * z[:, : BLOCK - k]).mean(axis=1) for k in (1, 2)]
    for k, found in enumerate(lags, start=1):
        error = found.std(ddof=1) / np.sqrt(len(found))
        assert abs(found.mean() - memory**k) < 4.5 * error


@pytest.mark.parametrize("memory", [0.5, 0.9])
def test_memory_leaves_mean_and_spread_alone_from_the_first_draw_on(memory: float):
    law = values.Lognormal(kind="lognormal", mean="5 s", sigma=0.8, memory=memory)
    x = of(law, 1200)
    means = x[:, :32].mean(axis=1)  # one mean a block, so that they are independent
    assert abs(means.mean() - 5.0) < 4.5 * means.std(ddof=1) / np.sqrt(len(means))
    first = np.log(x[:, 0])
    assert first.std() == pytest.approx(0.8, rel=4.5 / np.sqrt(2 * len(first)))


def test_a_lognormal_without_memory_draws_what_it_always_drew():
    plain = values.Lognormal(kind="lognormal", mean="5 s", sigma=0.5)
    z = stream(21, "M", "repair", 0).standard_normal(BLOCK)
    assert np.array_equal(of(plain, 1)[0], 5.0 * np.exp(0.5 * z - 0.125))


def test_stops_in_bursts_follow_soon_or_late():
    law = values.Bursts(kind="bursts", mean="100 s", share=0.7, close="2 s")
    x = of(law, 60).ravel()
    soon = (x < 10.0).mean()
    expected = 0.7 * (1 - np.exp(-10 / 2)) + 0.3 * (1 - np.exp(-10 / law.wide))
    assert abs(soon - expected) < 4.5 * np.sqrt(expected * (1 - expected) / len(x))
    assert 0.7 * 2.0 + 0.3 * law.wide == pytest.approx(100.0)
