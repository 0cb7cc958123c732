"""HL7 FHIR R4: the registry's rows as resources, and resources back as rows of the sheets."""
