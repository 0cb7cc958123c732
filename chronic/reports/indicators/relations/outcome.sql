-- What was heard of somebody who had been referred, by the day they were seen or not.
SELECT referral_outcome.person, referral_outcome.uid, calendar.day, referral_outcome.outcome
FROM referral_outcome
JOIN who ON who.person = referral_outcome.person
JOIN calendar ON calendar.iso = referral_outcome.outcome_on
WHERE referral_outcome.person BETWEEN :person_from AND :person_to AND referral_outcome.recorded_at <= :known_at
