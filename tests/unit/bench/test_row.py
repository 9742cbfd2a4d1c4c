from math import nan

from bench.row import Row, beside_each


def test_a_row_of_rounds_tells_medians_bounds_and_the_spread_of_its_ratio() -> None:
    row = beside_each(
        "memory",
        [(30.0, 20.0), (40.0, 20.0), (36.0, 18.0)],
        unit="KiB",
        must=1.6,
        aim=1.3,
        lower=True,
    )
    told = row.told()
    assert (row.value, row.baseline, row.must, row.aim) == (36, 20, 32, 26)
    assert not row.met
    assert (told["ratio"], told["spread"], told["rounds"]) == (1.8, [1.5, 2.0], 3)


def test_a_row_without_a_measurement_has_no_figure() -> None:
    row = Row(name="start", value=nan, unit="s", baseline=1, must=2, aim=1)
    assert not row.has_figure
