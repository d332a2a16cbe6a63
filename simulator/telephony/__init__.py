"""The pure core: numbers, bindings, routes, calls, releases, recordings, CDRs. Time, dice and ids are arguments."""
