import random

import pytest

from bench.slope import HOUR, grows, slope


def test_a_gateway_that_keeps_a_mebibyte_a_minute_grows() -> None:
    noise = random.Random(7)  # noqa: S311  # no secret
    samples = [(60.0 * n, 150 + n + noise.uniform(-2, 2)) for n in range(30)]
    found = slope(samples)
    assert found.is_beyond_noise(least=2)
    assert found.per_hour == pytest.approx(60, rel=0.05)
    assert found.span == 29 * 60


def test_what_goes_up_and_down_does_not_grow() -> None:
    noise = random.Random(7)  # noqa: S311  # no secret
    samples = [(60.0 * n, 150 + noise.uniform(-5, 5)) for n in range(30)]
    assert not slope(samples).is_beyond_noise(least=2)


def test_a_buffer_that_found_its_size_is_no_growth() -> None:
    samples = [(60.0 * n, 150 + 0.05 * n) for n in range(30)]
    found = slope(samples)
    assert found.error_per_hour == pytest.approx(0, abs=1e-9)
    assert not found.is_beyond_noise(least=2)


def test_a_cache_that_fills_up_is_no_growth_and_a_leak_that_goes_on_is() -> None:
    noise = random.Random(7)  # noqa: S311  # no secret
    wobble = [noise.uniform(-0.5, 0.5) for _ in range(20)]
    cache = [(60.0 * n, 150 + 12 * (1 - 0.6**n) + off) for n, off in enumerate(wobble)]
    leak = [(60.0 * n, 150 + 0.6 * n + off) for n, off in enumerate(wobble)]
    assert slope(cache).is_beyond_noise(least=2)
    assert not grows(cache, least=2)
    assert grows(leak, least=2)


def test_what_shrinks_is_no_growth() -> None:
    found = slope([(60.0 * n, 200.0 - n) for n in range(30)])
    assert found.per_hour == pytest.approx(-HOUR / 60)
    assert not found.is_beyond_noise(least=0)


def test_three_samples_say_nothing() -> None:
    with pytest.raises(ValueError, match="3 samples"):
        slope([(0, 1), (1, 2), (2, 3)])
