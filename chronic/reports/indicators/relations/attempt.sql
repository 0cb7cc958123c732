-- Calls and visits at the door, to bring somebody back.
SELECT call.person, call.uid, calendar.day, call.outcome
FROM call
JOIN who ON who.person = call.person
JOIN calendar ON calendar.iso = call.called_on
WHERE call.person BETWEEN :person_from AND :person_to AND call.recorded_at <= :known_at
