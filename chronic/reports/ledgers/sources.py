"""Where the lines of each ledger come from: names that its columns may have, and the query behind them.

The person is always `p`. A period is bound as :first and :last. Values of what may have changed since are those that
`overdue` shows today; for a ledger that ends before today they are asked of the visits up to its last day.
"""

from typing import NamedTuple

from chronic.model.checkup_fields import by_column
from chronic.model.codes import PROGRAMMES
from chronic.model.fields import PERSON_FIELDS, VISIT_FIELDS

_DERIVED = ("uid", "person_ref", "programmes", "tags", "village", "township", "hamlet")
PERSON = {
    "person_id": "p.id",
    "person_uid": "p.uid",
    **{f.column: f"p.{f.column}" for f in PERSON_FIELDS
       if f.column not in _DERIVED and not f.column.startswith(tuple(f"{programme}_" for programme in PROGRAMMES))},
    "village": "(SELECT name FROM place WHERE id = p.village)",
    "township": "(SELECT t.name FROM place AS v JOIN place AS t ON t.id = v.parent WHERE v.id = p.village)",
    "hamlet": "(SELECT name FROM place WHERE id = p.hamlet)",
    "tags": "(SELECT group_concat(tag, ';') FROM (SELECT DISTINCT tag FROM tagged WHERE person = p.id ORDER BY tag))",
    "programmes": """(SELECT group_concat(programme, ';') FROM (SELECT programme FROM open_enrolment WHERE person = p.id
      ORDER BY programme = 'lipid', programme = 'dm'))""",
}  # fmt: skip
_MEASURED = {
    f.column: f"coalesce(v.{f.column}_meter, v.{f.column})" if f.kind == "glucose" else f"v.{f.column}" for f in VISIT_FIELDS
}
_BP = "coalesce(v.sbp, '-') || '/' || coalesce(v.dbp, '-')"
_VISIT = {
    **_MEASURED,
    "bp": f"CASE WHEN coalesce(v.sbp, v.dbp) IS NOT NULL THEN {_BP} END",
    "bmi": "round(v.weight_kg * 10000 / (v.height_cm * v.height_cm), 1)",
    "by": "v.recorded_by",
}
_CLASS = "(SELECT class FROM verdict AS d WHERE d.person = v.person AND d.visit = v.id AND d.programme = '{programme}')"
_MET = "v.person = p.id AND v.way <> 'phone' AND v.visit_date <= :last"
_LATEST = f"{_MET} ORDER BY v.visit_date DESC, v.id DESC LIMIT 1"
_COUNTED_BY = """(SELECT class FROM live_visit AS v JOIN verdict AS d ON d.person = v.person AND d.visit = v.id
  AND d.programme = '{programme}' JOIN enrolment AS s ON s.person = v.person AND s.programme = d.programme
  WHERE v.visit_date >= s.enrolled_on AND s.enrolled_on <= :last AND coalesce(s.ended_on, '9999') > :last
  AND v.person = p.id AND v.way <> 'phone' AND v.visit_date <= :last ORDER BY v.visit_date DESC, v.id DESC LIMIT 1)"""
_PATIENT = {
    **PERSON,
    "uid": "p.uid",
    "programmes": "trim({}, ';')".format(
        " || ".join(f"CASE WHEN max(e.programme = '{name}') THEN ';{name}' ELSE '' END" for name in PROGRAMMES)
    ),
    "enrolled_on": "min(e.enrolled_on)",
    "diagnosed_on": "min(e.diagnosed_on)",
    "ended_on": "CASE WHEN max(e.over > :last) THEN NULL ELSE max(e.over) END",
    "end_reason": "CASE WHEN max(e.over > :last) THEN NULL ELSE max(e.why) END",
    "visits_done": """(SELECT count(*) FROM live_visit AS v WHERE v.person = p.id AND v.way <> 'phone'
      AND v.visit_date BETWEEN :first AND :last)""",
    "last_checkup_on": """(SELECT max(checkup_date) FROM live_checkup AS c WHERE c.person = p.id AND c.kind = 'exam'
      AND checkup_date <= :last)""",
}
_TODAY = {
    "last_visit_on": "a.last_visit_on",
    "last_bp": "a.last_bp",
    "last_fpg": "CASE WHEN a.last_fpg IN ('HI', 'LO') THEN a.last_fpg ELSE CAST(a.last_fpg AS REAL) END",
    "due_on": """(SELECT min(due_on) FROM plan AS q WHERE q.person = p.id AND q.kind = 'followup'
      AND q.programme = coalesce(:programme, q.programme))""",
    **{f"class_{programme}": f"a.class_{programme}" for programme in PROGRAMMES},
}
_THEN = {
    "last_visit_on": f"(SELECT max(visit_date) FROM live_contact AS v WHERE {_MET})",
    "last_bp": f"(SELECT {_BP} FROM live_contact AS v WHERE coalesce(v.sbp, v.dbp) IS NOT NULL AND {_LATEST})",
    "last_fpg": f"""(SELECT {_MEASURED["fpg"]} FROM live_contact AS v
      WHERE coalesce(v.fpg, v.fpg_meter) IS NOT NULL AND {_LATEST})""",
    "due_on": "NULL",
    **{f"class_{programme}": _COUNTED_BY.format(programme=programme) for programme in PROGRAMMES},
}
_ANSWER = """(SELECT min(o.outcome_on || ' ' || o.id) FROM referral_outcome AS o WHERE o.person = m.person AND {which}
  AND (o.referral = m.slip_uid OR (m.slip_uid IS NULL AND o.referral IS NULL
    AND (o.answers = m.uid OR (o.answers IS NULL AND o.outcome_on >= m.made_on)))))"""
_REFERRED = """(
  SELECT uid, person, made_on, slip, urgency, programme AS programmes, criterion, reason, institution, dept, wait_until,
    doctor, uid AS slip_uid, recorded_by AS by FROM referral WHERE ended_by IS NULL AND made_on BETWEEN :first AND :last
  UNION ALL
  SELECT v.uid, v.person, v.visit_date, NULL, min(d.refer), group_concat(nullif(d.programme, ''), ';'), NULL,
    v.referral_reason, v.referral_org, v.referral_dept, NULL, v.visit_doctor, NULL, v.recorded_by
  FROM live_contact AS v JOIN verdict AS d ON d.person = v.person AND d.visit = v.id AND d.refer IS NOT NULL
  WHERE v.visit_date BETWEEN :first AND :last
    AND NOT EXISTS (SELECT 1 FROM referral AS r WHERE r.person = v.person AND r.contact = v.uid AND r.ended_by IS NULL)
  GROUP BY v.id) AS m"""
_MANAGED = """ AND EXISTS (SELECT 1 FROM enrolment AS e WHERE e.person = p.id AND e.programme = :programme
  AND e.enrolled_on <= :last AND coalesce(e.ended_on, '9999') > :first)"""
_SUSPICION = """FROM plan AS q WHERE q.person = p.id AND q.kind IN ('screening', 'referral')
  AND q.days_high IS NOT NULL"""


class Source(NamedTuple):
    """`rows`: the query behind SELECT, with a place for more conditions; `on`: the day of a line. `programme`: what a
    line must be to be of one; `now`, `then`: names whose value today and on an earlier last day is found differently."""

    known: dict[str, str]
    rows: str
    on: str
    programme: str = _MANAGED
    now: dict[str, str] = {}  # noqa: RUF012
    then: dict[str, str] = {}  # noqa: RUF012

    def names(self, programme: str | None, past: bool = False) -> dict[str, str]:
        """Name -> SQL. `class` is that of the programme asked for."""
        found = self.known | (self.then if past else self.now)
        return found | ({"class": found[f"class_{programme}"]} if programme and f"class_{programme}" in found else {})


def filters(source: Source, programme: str | None) -> str:
    """SQL to put behind a WHERE for lines of one programme."""
    return source.programme.replace("{programme}", programme) if programme is not None else ""


SOURCES = {
    "patients": Source(
        _PATIENT,
        """(SELECT e.*, min(coalesce(e.ended_on, '9999'), coalesce(q.closed_on, '9999')) AS over,
            coalesce(e.end_reason, q.closed_reason) AS why
          FROM enrolment AS e JOIN person AS q ON q.id = e.person) AS e
        JOIN person AS p ON p.id = e.person LEFT JOIN agenda AS a ON a.person = p.id
        WHERE e.enrolled_on <= :last AND e.over > :since{where} GROUP BY p.id
        ORDER BY p.village IS NULL, (SELECT name FROM place WHERE id = p.village),
          (SELECT name FROM place WHERE id = p.hamlet), p.household_no, p.id""",
        ":last",
        " AND e.programme = :programme",
        _TODAY,
        _THEN,
    ),
    "follow-up": Source(
        {
            **PERSON, **_VISIT, "uid": "v.uid",
            **{f"class_{programme}": _CLASS.format(programme=programme) for programme in PROGRAMMES},
            "due_on": """coalesce(v.next_visit_date, (SELECT min(due_on) FROM verdict AS d WHERE d.person = v.person
              AND d.visit = v.id AND d.programme = coalesce(:programme, d.programme)))""",
        },
        """live_visit AS v JOIN person AS p ON p.id = v.person
        WHERE v.visit_date BETWEEN :first AND :last{where} ORDER BY v.visit_date, p.id, v.uid""",
        "v.visit_date",
        """ AND EXISTS (SELECT 1 FROM verdict AS d WHERE d.person = v.person AND d.visit = v.id
          AND d.programme = :programme)""",
    ),
    "screening": Source(
        {
            **PERSON, **_VISIT, "uid": "v.uid",
            "suspected": f"(SELECT replace(group_concat(DISTINCT programme), ',', ';') {_SUSPICION})",
            "days_high": f"(SELECT max(days_high) {_SUSPICION})",
            **{name: f"""(SELECT replace(group_concat(DISTINCT programme), ',', ';') FROM referral_outcome AS o
              WHERE o.person = p.id AND o.confirmed = '{word}' AND o.outcome_on >= v.visit_date)"""
               for name, word in (("confirmed", "yes"), ("not_confirmed", "no"))},
            "confirmed_on": """(SELECT min(outcome_on) FROM referral_outcome AS o
              WHERE o.person = p.id AND o.confirmed IS NOT NULL AND o.outcome_on >= v.visit_date)""",
            "enrolled_on": """(SELECT min(enrolled_on) FROM enrolment AS e WHERE e.person = p.id
              AND e.enrolled_on >= v.visit_date)""",
        },
        """live_contact AS v JOIN person AS p ON p.id = v.person
        WHERE v.kind = 'screening' AND v.visit_date BETWEEN :first AND :last{where} ORDER BY v.visit_date, p.id, v.uid""",
        "v.visit_date",
        """ AND CASE '{programme}' WHEN 'htn' THEN coalesce(v.sbp, v.dbp) IS NOT NULL
          WHEN 'dm' THEN coalesce(v.fpg, v.fpg_meter, v.ppg_2h, v.ppg_2h_meter, v.random_glucose, v.random_glucose_meter,
            v.ogtt_2h, v.hba1c) IS NOT NULL ELSE coalesce(v.tc, v.tg, v.ldl_c, v.hdl_c) IS NOT NULL END""",
    ),
    "referral": Source(
        {
            **PERSON,
            **{name: f"m.{name}" for name in ("uid", "made_on", "slip", "urgency", "programmes", "criterion", "reason",
                                              "institution", "dept", "wait_until", "doctor", "by")},
            "outcome": """coalesce(b.outcome, o.outcome, (SELECT 'not_arrived' FROM referral_outcome AS n
              WHERE n.referral = m.slip_uid AND n.outcome = 'not_arrived'))""",
            "outcome_on": "o.outcome_on",
            "days_to_outcome": "CAST(julianday(o.outcome_on) - julianday(m.made_on) AS INTEGER)",
            "returned_on": "b.outcome_on",
            "hospital": "coalesce(b.institution, o.institution)",
            "diagnosis": "coalesce(b.diagnosis, o.diagnosis)",
            "treatment": "coalesce(b.treatment, o.treatment)",
            "advice": "coalesce(b.advice, o.advice)",
        },
        f"""{_REFERRED} JOIN person AS p ON p.id = m.person
        LEFT JOIN referral_outcome AS o ON o.id = substr({_ANSWER.format(which="o.outcome <> 'not_arrived'")}, 12)
        LEFT JOIN referral_outcome AS b ON b.id = substr({_ANSWER.format(which="o.outcome = 'returned'")}, 12)
        WHERE 1{{where}} ORDER BY m.made_on, m.slip IS NULL, m.slip, m.uid""",
        "m.made_on",
        " AND instr(';' || coalesce(m.programmes, '') || ';', ';' || :programme || ';') > 0",
    ),
    "call-back": Source(
        {
            **PERSON,
            "uid": "c.uid", "called_on": "c.called_on", "call_way": "c.way", "told": "c.outcome",
            "promised_on": "c.promised_on", "next_call_on": "c.next_call_on", "note": "c.note", "by": "c.recorded_by",
            "returned_on": "r.returned_on",
            "days_to_return": "CAST(julianday(r.returned_on) - julianday(c.called_on) AS INTEGER)",
        },
        """call AS c JOIN person AS p ON p.id = c.person
        LEFT JOIN (SELECT k.id, (SELECT min(visit_date) FROM live_visit AS v WHERE v.person = k.person
          AND v.way <> 'phone' AND v.visit_date >= k.called_on) AS returned_on FROM call AS k) AS r ON r.id = c.id
        WHERE c.called_on BETWEEN :first AND :last{where} ORDER BY c.called_on, c.uid""",
        "c.called_on",
    ),
    "check-up": Source(
        {
            **PERSON,
            **{name: f"(SELECT value FROM checkup_value WHERE checkup = c.id AND field = '{name}')" for name in by_column()},
            "uid": "c.uid", "checkup_date": "c.checkup_date", "checkup_kind": "c.kind", "by": "c.recorded_by",
            **{name: f"""(SELECT s.value || '/' || d.value FROM checkup_value AS s JOIN checkup_value AS d
              ON d.checkup = s.checkup WHERE s.checkup = c.id AND s.field = 'sbp{side}' AND d.field = 'dbp{side}')"""
               for name, side in (("bp", ""), ("bp_left", "_left"), ("bp_right", "_right"))},
            "bmi": """(SELECT round(w.value * 10000 / (h.value * h.value), 1) FROM checkup_value AS w JOIN checkup_value AS h
              ON h.checkup = w.checkup WHERE w.checkup = c.id AND w.field = 'weight_kg' AND h.field = 'height_cm')""",
        },
        """live_checkup AS c JOIN person AS p ON p.id = c.person
        WHERE c.checkup_date BETWEEN :first AND :last{where} ORDER BY c.checkup_date, p.id, c.uid""",
        "c.checkup_date",
    ),
    "education": Source(
        {
            **PERSON,
            **{name: f"h.{name}" for name in ("uid", "held_on", "topic", "form", "setting", "venue", "note")},
            "attended": "coalesce(h.people, h.person IS NOT NULL OR NULL)", "held_by": "h.doctor", "by": "h.recorded_by",
        },
        """education AS h LEFT JOIN person AS p ON p.id = h.person
        WHERE h.ended_by IS NULL AND h.held_on BETWEEN :first AND :last{where} ORDER BY h.held_on, h.id""",
        "h.held_on",
    ),
}  # fmt: skip
