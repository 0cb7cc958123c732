-- Every contact that counted then: neither corrected nor withdrawn by what was recorded up to :known_at.
--
--   followup, face    1 or 0: of a programme, and not by phone
--   bp_below          1: both pressures below the guideline's limit for the age on that day; 0: one is not; else NULL
--   fpg_below         the same of fasting glucose; beyond the meter's range counts as what it is
--   quarter           a number that goes up by one
--   complete_htn, complete_dm   1: no required field was left blank
--   after_day         of the next contact of any kind on a later day
SELECT visit.id AS visit, visit.uid, visit.person, calendar.day, calendar.quarter,
       CASE WHEN visit.kind = 'followup' THEN 1 ELSE 0 END AS followup,
       CASE WHEN visit.way = 'phone' THEN 0 ELSE 1 END AS face,
       visit.sbp, visit.dbp, visit.fpg, visit.fpg_meter, visit.hba1c,
       CASE WHEN visit.hba1c_on IS NULL THEN calendar.day ELSE COALESCE(measured.day, 0) END AS hba1c_day,
       CASE WHEN visit.sbp IS NULL OR visit.dbp IS NULL THEN NULL
            WHEN calendar.year - who.judged_year
                 - CASE WHEN calendar.md < who.judged_md THEN 1 ELSE 0 END >= calendar.older_from THEN
              CASE WHEN visit.sbp < calendar.older_sbp AND visit.dbp < calendar.older_dbp THEN 1 ELSE 0 END
            WHEN visit.sbp < calendar.adult_sbp AND visit.dbp < calendar.adult_dbp THEN 1
            ELSE 0 END AS bp_below,
       CASE WHEN visit.fpg_meter = 'HI' OR visit.fpg >= calendar.fpg_below THEN 0
            WHEN visit.fpg_meter = 'LO' OR visit.fpg < calendar.fpg_below THEN 1 END AS fpg_below,
       CASE WHEN visit.referral_org IS NULL AND visit.referral_reason IS NULL THEN 0 ELSE 1 END AS referred,
       CASE WHEN {blank_htn} THEN 0 ELSE 1 END AS complete_htn, CASE WHEN {blank_dm} THEN 0 ELSE 1 END AS complete_dm,
       calendar.danger_by_day, calendar.answer_by_day,
       MIN(calendar.day) OVER (PARTITION BY visit.person ORDER BY calendar.day
         RANGE BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING) AS after_day
FROM visit
JOIN who ON who.person = visit.person
JOIN calendar ON calendar.iso = visit.visit_date
LEFT JOIN calendar AS measured ON measured.iso = visit.hba1c_on
LEFT JOIN visit AS fixed ON fixed.uid = visit.ended_by
LEFT JOIN visit_void AS withdrawn ON withdrawn.uid = visit.ended_by
WHERE visit.person BETWEEN :person_from AND :person_to AND visit.recorded_at <= :known_at
  AND (visit.ended_by IS NULL OR COALESCE(fixed.recorded_at, withdrawn.recorded_at, '') > :known_at)
