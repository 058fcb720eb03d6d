"""Prints every day of 2024 to 2026 and whether it is worked, as an independent package says it."""

import datetime
import json

from chinese_calendar import is_workday

day = datetime.date(2024, 1, 1)
days = []
while day.year <= 2026:
    days.append([day.isoformat(), is_workday(day)])
    day += datetime.timedelta(days=1)
print(json.dumps(days))
