-- Contracts with a family doctor, from the first to the last day they count.
SELECT contract.person, began.day AS from_day,
       CASE WHEN contract_end.ended_on IS NOT NULL AND COALESCE(ended.day, 0) <= COALESCE(over.day, 9999999)
            THEN COALESCE(ended.day, 0) - 1 ELSE COALESCE(over.day, 9999999) END AS last_day
FROM contract
JOIN who ON who.person = contract.person
JOIN calendar AS began ON began.iso = contract.start_on
LEFT JOIN calendar AS over ON over.iso = contract.end_on
LEFT JOIN contract_end ON contract_end.contract = contract.id AND contract_end.recorded_at <= :known_at
LEFT JOIN calendar AS ended ON ended.iso = contract_end.ended_on
WHERE contract.person BETWEEN :person_from AND :person_to AND contract.recorded_at <= :known_at
