-- Contracts with a family doctor, from the first to the last day they count.
SELECT signed.person, began.day AS from_day,
       CASE WHEN ended.day <= COALESCE(over.day, 9999999) THEN ended.day - 1
            ELSE COALESCE(over.day, 9999999) END AS last_day
FROM contract AS signed
JOIN who ON who.person = signed.person
JOIN calendar AS began ON began.iso = signed.start_on
LEFT JOIN calendar AS over ON over.iso = signed.end_on
LEFT JOIN contract_end ON contract_end.contract = signed.id AND contract_end.recorded_at <= :known_at
LEFT JOIN calendar AS ended ON ended.iso = contract_end.ended_on
WHERE signed.person BETWEEN :person_from AND :person_to AND signed.recorded_at <= :known_at
