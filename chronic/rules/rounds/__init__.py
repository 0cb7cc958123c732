"""Rounds 走访: who is visited on which working day, so that nobody is late where the days have room.

Pure: households, days and a capacity in, days with their households out; the same in, the same out.

What counts, in this order: open danger is visited on the first day whatever its room; as few people as possible are
left out; the days people are visited after their date are as few as possible, everyone who is left out counted as if
visited on the first working day after the plan; of two who could be left out the one later due; few hamlets on a day.
A household is visited whole, on one day. One with more people than a day has room for gets a day of its own.
"""

from chronic.rules.rounds.households import Due as Due
from chronic.rules.rounds.households import Household as Household
from chronic.rules.rounds.households import Rounds as Rounds
from chronic.rules.rounds.households import households as households
from chronic.rules.rounds.planner import rounds as rounds
