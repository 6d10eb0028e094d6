"""Scenario files read and checked: YAML text to a `duress.scenario.schema.Scenario`, or all faults at once."""
