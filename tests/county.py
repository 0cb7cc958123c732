"""A guideline of a county's own, and the cases it is to decide."""

COUNTY = """
id = "xx-county-2026"
base = "cn-nbphs-2017"
effective_from = 2026-01-01
title = { zh = "某县2026", en = "Some county 2026" }

[htn.target]
cite = "county-target"
older = "140/90"

[cites.county-target]
source = "XX county 2026"
mark = "A"
zh = "65岁及以上也按 <140/90"
en = "Below 140/90 at any age"
"""
CASES = """
[[case]]
says = "at 70 the limit is 140 too"
born = 1956-01-01
programmes = ["htn"]
visits = [{ on = 2026-07-01, bp = "146/86" }]
expect = { htn.class = "uncontrolled", htn.due_on = 2026-07-15 }
"""
