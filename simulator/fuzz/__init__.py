"""Random but valid mixes of calls, SMS, states and faults, made small where a receiver breaks on one."""
